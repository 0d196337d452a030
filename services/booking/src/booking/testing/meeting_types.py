"""A meeting type as tests need one."""

from typing import Any
from uuid import uuid4

from booking.domain.host import Host
from booking.domain.meeting_type import MeetingType
from booking.testing.lives import NOW


def a_meeting_type(*hosts: Host, **changes: Any) -> MeetingType:
    """Return a new meeting type of half an hour with these hosts of the tenant `acme`."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "tenant_id": "acme",
        "owner": "ana",
        "slug": uuid4().hex,
        "title": "Introductory call",
        "duration_minutes": 30,
        "host_ids": tuple(host.id for host in hosts),
        "timezone": "Europe/Ljubljana",
        "changed_at": NOW,
        **changes,
    }
    return MeetingType(**values)
