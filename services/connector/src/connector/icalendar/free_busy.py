"""VFREEBUSY components: busy time that a publisher has already merged (RFC 5545 §3.6.4)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from connector.domain.busy_state import BusyState
from connector.domain.occurrence import TimedOccurrence
from connector.icalendar.content_line import split_rest
from connector.icalendar.event import Length
from connector.icalendar.scan import Component
from connector.icalendar.values import InvalidValue, parse_date_or_time, parse_duration

_STATES = {
    "FREE": BusyState.FREE,
    "BUSY": BusyState.BUSY,
    "BUSY-TENTATIVE": BusyState.TENTATIVE,
    "BUSY-UNAVAILABLE": BusyState.OUT_OF_OFFICE,
}


def uid_of(component: Component) -> str:
    """Return the UID, or a name made of the component's place where a publisher gives none."""
    rest = component.first("UID")
    return (split_rest(rest)[1] if rest else "") or f"component-{component.ordinal}"


def free_busy(component: Component) -> Iterator[TimedOccurrence | None]:
    """Yield the periods of a VFREEBUSY, None for each that cannot be read.

    A FBTYPE nobody knows means busy (§3.2.9). The start stands as RECURRENCE-ID, so that the
    periods of one component differ.
    """
    uid = uid_of(component)
    for line in component.properties.get("FREEBUSY", ()):
        parameters, periods = split_rest(line)
        state = _STATES.get(parameters.get("FBTYPE", "BUSY").upper(), BusyState.BUSY)
        for period in periods.split(","):
            try:
                start, end = _period(period.strip())
            except InvalidValue:
                yield None
                continue
            yield TimedOccurrence(uid, start, 0, state, None, min(start, end), max(start, end))


def _period(text: str) -> tuple[datetime, datetime]:
    begin, _, end = text.partition("/")
    start = _instant(begin)
    if end[:1] in ("P", "p", "+"):
        duration = parse_duration(end)
        return start, Length(duration.days, duration.exact).end_of(start, start)
    return start, _instant(end)


def _instant(text: str) -> datetime:
    """Read a time, in UTC as the standard demands; one without a zone is taken for UTC too."""
    moment = parse_date_or_time(text)
    if not isinstance(moment, datetime):
        raise InvalidValue("time")
    return moment.replace(tzinfo=UTC)
