"""A host's calendar as tests need one."""

from typing import Any
from uuid import UUID, uuid4

from booking.domain.calendar import Calendar, CalendarStatus


def a_calendar(host_id: UUID, **changes: Any) -> Calendar:
    """Return a connected calendar of a host of the tenant `acme`, the default one."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "tenant_id": "acme",
        "host_id": host_id,
        "writable": True,
        "holds": False,
        "conferencing": False,
        "blocks": True,
        "is_default": True,
        "status": CalendarStatus.CONNECTED,
        "revision": 1,
        **changes,
    }
    return Calendar(**values)
