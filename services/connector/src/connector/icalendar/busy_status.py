"""What an event does to the owner's time: one table for every property that has a say."""

from connector.domain.busy_state import BusyState
from connector.icalendar.content_line import split_rest
from connector.icalendar.scan import Component

_MAILTO = "mailto:"
_NOT_BUSY = frozenset({"FREE", "WORKINGELSEWHERE"})
_REFUSED = frozenset({"DECLINED", "DELEGATED"})
_ACCEPTED = "ACCEPTED"
_OPEN = "NEEDS-ACTION"
_MOST_BUSY_FIRST = (_ACCEPTED, "TENTATIVE", _OPEN)


def is_cancelled(event: Component, calendar_method: str) -> bool:
    """Tell whether STATUS, or METHOD of the event or of its calendar, takes the event back."""
    return (
        _word(event, "STATUS") == "CANCELLED"
        or calendar_method == "CANCEL"
        or _word(event, "METHOD") == "CANCEL"
    )


def busy_state(event: Component, owner_addresses: frozenset[str]) -> BusyState:
    """Return the state of an event that is not cancelled, for the owner of the calendar.

    Free: TRANSP:TRANSPARENT, a CDO status FREE or WORKINGELSEWHERE, or the owner's PARTSTAT
    DECLINED or DELEGATED. Then, in this order: the owner has not said yes, or the event or CDO
    says tentative: tentative; CDO OOF: out of office; else busy. `owner_addresses` are mail
    addresses in lower case.
    """
    cdo_status = _word(event, "X-MICROSOFT-CDO-BUSYSTATUS")
    if cdo_status in _NOT_BUSY or _word(event, "TRANSP") == "TRANSPARENT":
        return BusyState.FREE
    answer = _owner_answer(event, owner_addresses)
    if answer in _REFUSED:
        return BusyState.FREE
    if answer != _ACCEPTED or "TENTATIVE" in (cdo_status, _word(event, "STATUS")):
        return BusyState.TENTATIVE
    return BusyState.OUT_OF_OFFICE if cdo_status == "OOF" else BusyState.BUSY


def _owner_answer(event: Component, owner_addresses: frozenset[str]) -> str:
    """Return the owner's PARTSTAT; who organizes, or is no attendee at all, has accepted."""
    attendees = event.properties.get("ATTENDEE")
    if not attendees or not owner_addresses:
        return _ACCEPTED
    organizer = event.first("ORGANIZER")
    if organizer and _addresses(organizer) & owner_addresses:
        own = [answer for answer in _answers(attendees, owner_addresses) if answer in _REFUSED]
        return own[0] if own else _ACCEPTED
    answers = _answers(attendees, owner_addresses)
    for answer in _MOST_BUSY_FIRST:
        if answer in answers:
            return answer
    return answers[0] if answers else _ACCEPTED


def _answers(attendees: list[str], owner_addresses: frozenset[str]) -> list[str]:
    return [
        split_rest(line)[0].get("PARTSTAT", _OPEN).upper()
        for line in attendees
        if _addresses(line) & owner_addresses
    ]


def _addresses(line: str) -> set[str]:
    parameters, value = split_rest(line)
    return {value.lower().removeprefix(_MAILTO), parameters.get("EMAIL", "").lower()}


def _word(event: Component, name: str) -> str:
    rest = event.first(name)
    return split_rest(rest)[1].upper() if rest else ""
