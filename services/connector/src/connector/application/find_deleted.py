"""Finding out which entries of ours somebody deleted: absence alone proves nothing."""

from collections.abc import Sequence
from dataclasses import replace

from connector.application.locate_entry import find_elsewhere, open_writer
from connector.application.services import Services
from connector.application.take_reading import Result, Subject
from connector.domain.connection import SecretUnreadable
from connector.domain.entry import Entry
from connector.domain.source import Resource, SourceFailure


async def find_deleted(services: Services, subject: Subject, result: Result) -> Result:
    """Return the result with the entries that are gone.

    Those whose UID the whole calendar does not show are asked for one by one; only when the source
    says that an entry is not there, while the calendar is, it is gone. Raises SourceFailure, as
    nothing may pass for known that is not. Past meetings are not asked for. One that somebody moved
    to another of the host's calendars is not deleted but followed there, by each reading; while one
    of these cannot be asked, nobody knows, and the next reading looks again.
    """
    missing = _missing(subject, result)
    if not missing:
        return result
    calendar = subject.calendar
    writer = await open_writer(services, calendar)
    absent = [
        entry for entry in missing if await writer.find(calendar.remote_id, entry.ref) is None
    ]
    if not absent:
        return result
    try:
        return await _followed(services, subject, result, absent)
    except (SourceFailure, SecretUnreadable):
        return replace(result, in_doubt=True)


async def _followed(
    services: Services, subject: Subject, result: Result, absent: Sequence[Entry]
) -> Result:
    """Return the result with what became of the entries that left the calendar."""
    deleted: list[Entry] = []
    moved: list[Resource] = []
    for entry in absent:
        place = await find_elsewhere(services, subject.calendar, entry)
        if place is None or place.standing is None:
            deleted.append(entry)
        else:
            moved.append(place.standing.resource)
    result = replace(result, deleted=tuple(deleted))
    if not moved:
        return result
    shown = await services.expander.picture(moved, result.basis)
    return replace(result, elsewhere=shown.own, in_doubt=True)


def _missing(subject: Subject, result: Result) -> list[Entry]:
    if result.picture is None or not subject.calendar.capabilities.two_way:
        return []
    shown = {event.uid for event in result.picture.own}
    window = result.basis.horizon.window
    return [
        entry
        for entry in subject.standing
        if entry.command.uid not in shown
        and entry.stands is not None
        and window.covers(entry.stands.start, entry.stands.end)
    ]
