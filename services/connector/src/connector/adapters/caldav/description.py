"""What a collection's properties say about it as a calendar."""

import re
from urllib.parse import unquote

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.multistatus import DavResponse
from connector.adapters.caldav.xml import APPLE, CALDAV, DAV
from connector.domain.source import Access, DiscoveredCalendar

_TYPE = f"{DAV}resourcetype"
_NAME = f"{DAV}displayname"
_PRIVILEGES = f"{DAV}current-user-privilege-set"
_COMPONENTS = f"{CALDAV}supported-calendar-component-set"
_ZONE_ID = f"{CALDAV}calendar-timezone-id"
_ZONE = f"{CALDAV}calendar-timezone"
_COLOR = f"{APPLE}calendar-color"

PROPERTIES = (_TYPE, _NAME, _PRIVILEGES, _COMPONENTS, _ZONE_ID, _ZONE, _COLOR)
"""What to ask for before `is_calendar` and `describe`."""

# Creating an entry takes DAV:bind (RFC 3744 §3.9); write and all contain it.
_WRITING = frozenset(f"{DAV}{name}" for name in ("all", "write", "bind"))
_READING = frozenset(f"{DAV}{name}" for name in ("all", "read"))
_FREE_BUSY = f"{CALDAV}read-free-busy"
_TZID = re.compile(r"^TZID:(\S+)\s*$", re.MULTILINE)


def is_calendar(response: DavResponse) -> bool:
    """Tell whether this is a calendar collection for events (RFC 4791 §4.2, §5.2.3)."""
    if f"{CALDAV}calendar" not in response.tags(_TYPE):
        return False
    components = response.properties.get(_COMPONENTS)
    return components is None or any(child.get("name") == "VEVENT" for child in components)


def describe(
    response: DavResponse, collection: Collection, *, is_primary: bool = False
) -> list[DiscoveredCalendar]:
    """Describe the calendar; empty when the account may do nothing with it."""
    access = _access(response)
    if access is None:
        return []
    own_name = unquote(collection.address.path.rstrip("/").rpartition("/")[2])
    zone = _TZID.search(response.text(_ZONE) or "")
    return [
        DiscoveredCalendar(
            remote_id=collection.address.reveal(),
            name=response.text(_NAME) or own_name,
            access=access,
            timezone=response.text(_ZONE_ID) or (zone[1] if zone else None),
            is_primary=is_primary,
            color=response.text(_COLOR),
        )
    ]


def _access(response: DavResponse) -> Access | None:
    """Read the account's privileges (RFC 3744 §5.4); a server that tells none grants reading."""
    privileges = response.properties.get(_PRIVILEGES)
    if privileges is None:
        return Access.READ
    granted = {name.tag for privilege in privileges for name in privilege}
    if granted & _READING:
        return Access.WRITE if granted & _WRITING else Access.READ
    return Access.FREE_BUSY if _FREE_BUSY in granted else None
