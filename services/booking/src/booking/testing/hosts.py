"""A host as tests need one."""

from typing import Any
from uuid import uuid4

from booking.domain.host import Host
from booking.domain.working_hours import WorkingHours
from booking.testing.lives import NOW


def a_host(**changes: Any) -> Host:
    """Return a new host of the tenant `acme`, who lives in Ljubljana."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "tenant_id": "acme",
        "owner": "ana",
        "name": "Ana Kovač",
        "address": "ana@acme.example",
        "timezone": "Europe/Ljubljana",
        "locale": "sl-SI",
        "working_hours": WorkingHours(weekly=()),
        "changed_at": NOW,
        **changes,
    }
    return Host(**values)
