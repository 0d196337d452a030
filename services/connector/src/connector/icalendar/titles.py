"""The titles of a calendar's events, found by the same reader as their busy time."""

from collections.abc import Mapping

from connector.domain.limits import Limits, Work
from connector.domain.window import Window
from connector.icalendar.content_line import split_rest
from connector.icalendar.event import Event, Moment
from connector.icalendar.overrides import key_of
from connector.icalendar.read_event import read_event
from connector.icalendar.scan import Component, scan
from connector.icalendar.values import parse_text
from connector.icalendar.zones import UnknownZone, Zones, iana_zone

Instance = tuple[str, Moment | None]
"""A UID, and the instance that an override replaces: as `recurrence_id` of its occurrence."""


def titles(
    content: bytes, window: Window, *, default_zone: str, limits: Limits
) -> Mapping[Instance, str]:
    """Return the titles of a body by instance, those of whole series under None.

    `window` and `default_zone` are those of its expansion. Raises as `expand`.
    """
    zone = iana_zone(default_zone)
    if zone is None:
        raise UnknownZone("The default zone is not a known time zone.")
    work = Work(limits)
    series: dict[str, list[tuple[Event, str]]] = {}
    for calendar in scan(content, limits, also=("SUMMARY",)):
        zones = Zones(calendar, zone, window, work)
        for component in calendar.children:
            if component.name == "VEVENT":
                event = read_event(component, zones=zones, method="", owner_addresses=frozenset())
                series.setdefault(event.uid, []).append((event, _title(component)))
    return {instance: title for events in series.values() for instance, title in _titled(events)}


def _title(component: Component) -> str:
    rest = component.first("SUMMARY")
    return parse_text(split_rest(rest)[1]) if rest else ""


def _titled(events: list[tuple[Event, str]]) -> list[tuple[Instance, str]]:
    master = next((event for event, _ in events if event.recurrence_id is None), None)
    return [
        ((event.uid, key_of(event, master) if event.recurrence_id else None), title)
        for event, title in events
    ]
