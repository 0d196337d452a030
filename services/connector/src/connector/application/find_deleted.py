"""Finding out which entries of ours somebody deleted: absence alone proves nothing."""

from dataclasses import replace

from connector.application.services import Services
from connector.application.take_reading import Result, Subject
from connector.application.unseal import unseal
from connector.domain.entry import Entry


async def find_deleted(services: Services, subject: Subject, result: Result) -> Result:
    """Return the result with the entries that are gone.

    Those whose UID the whole calendar does not show are asked for one by one; only when the source
    says that an entry is not there, while the calendar is, it is gone. Raises SourceFailure, as
    nothing may pass for known that is not. Past meetings are not asked for.
    """
    missing = _missing(subject, result)
    if not missing:
        return result
    calendar = subject.calendar
    writer = services.open_writer(calendar.provider, await unseal(services, calendar))
    deleted = [
        entry for entry in missing if await writer.find(calendar.remote_id, entry.ref) is None
    ]
    return replace(result, deleted=tuple(deleted))


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
