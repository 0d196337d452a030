"""Finding out which entries of ours somebody deleted: absence alone proves nothing."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from connector.application.ports import EntryWriter
from connector.application.services import Services
from connector.application.take_reading import Result, Subject
from connector.application.unseal import unseal
from connector.domain.calendar import Calendar
from connector.domain.connection import SecretUnreadable
from connector.domain.entry import Entry
from connector.domain.entry_writing import EntryRef
from connector.domain.source import SourceFailure


async def find_deleted(services: Services, subject: Subject, result: Result) -> Result:
    """Return the result with the entries that are gone.

    Those whose UID the whole calendar does not show are asked for one by one; only when the source
    says that an entry is not there, while the calendar is, it is gone. Raises SourceFailure, as
    nothing may pass for known that is not. Past meetings are not asked for. One that somebody moved
    to another of the host's calendars is not deleted; while one of these cannot be asked, nobody
    knows, and the next reading looks again.
    """
    missing = _missing(subject, result)
    if not missing:
        return result
    calendar = subject.calendar
    writer = await _writer(services, calendar)
    absent = [
        entry for entry in missing if await writer.find(calendar.remote_id, entry.ref) is None
    ]
    if not absent:
        return result
    try:
        elsewhere = await _uids_elsewhere(services, calendar, absent)
    except (SourceFailure, SecretUnreadable):
        return replace(result, in_doubt=True)
    deleted = tuple(entry for entry in absent if entry.command.uid not in elsewhere)
    return replace(result, deleted=deleted)


async def _uids_elsewhere(
    services: Services, calendar: Calendar, absent: Sequence[Entry]
) -> AbstractSet[str]:
    """Return which of the entries stand in another calendar of the host, by their UIDs."""
    async with services.unit_of_work() as store:
        of_host = await store.calendars.of_host(calendar.host_id)
    found: set[str] = set()
    for other in of_host:
        if other.id == calendar.id or not other.is_read or not other.capabilities.two_way:
            continue
        writer = await _writer(services, other)
        for entry in absent:
            ref = EntryRef(uid=entry.command.uid)
            if await writer.find(other.remote_id, ref, thorough=True) is not None:
                found.add(entry.command.uid)
    return found


async def _writer(services: Services, calendar: Calendar) -> EntryWriter:
    return services.open_writer(calendar.provider, await unseal(services, calendar))


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
