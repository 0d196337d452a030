"""Finding out which entries of ours somebody deleted: absence alone proves nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from connector.application.locate_entry import find_elsewhere, open_writer
from connector.application.services import Services
from connector.application.take_reading import Result, Subject
from connector.domain.calendar import Calendar
from connector.domain.connection import SecretUnreadable
from connector.domain.entry import Entry
from connector.domain.source import Resource, SourceFailure


async def find_deleted(services: Services, subject: Subject, result: Result) -> Result:
    """Return the result with the entries that are gone.

    Those whose UID the whole calendar does not show are asked for one by one; only when the source
    says twice, with a pause, that an entry is not there, while the calendar is, it is gone. One
    that somebody moved to another of the host's calendars is not deleted but followed there, by
    each reading; while one of these cannot be asked, nobody knows, and the next reading looks
    again. Past meetings are not asked for. Raises SourceFailure: nothing may pass for known that is
    not.
    """
    gone = _missing(subject, result)
    moved: list[Resource] = []
    # Apps that file an entry elsewhere, or write it anew, may delete it first.
    for pause in (timedelta(), services.sync_policy.second_look):
        if not gone:
            break
        await asyncio.sleep(pause.total_seconds())
        absent = await _absent(services, subject.calendar, gone)
        try:
            places = [await find_elsewhere(services, subject.calendar, entry) for entry in absent]
        except (SourceFailure, SecretUnreadable):
            return replace(result, in_doubt=True)
        gone = [entry for entry, place in zip(absent, places, strict=True) if place is None]
        moved += [place.standing.resource for place in places if place and place.standing]
    result = replace(result, deleted=tuple(gone))
    return await _following(services, result, moved) if moved else result


async def _absent(
    services: Services, calendar: Calendar, entries: Sequence[Entry]
) -> Sequence[Entry]:
    """Return the entries of which the calendar itself says that they are not in it."""
    writer = await open_writer(services, calendar)
    return [
        entry
        for entry in entries
        if await writer.find(calendar.remote_id, entry.ref, thorough=True) is None
    ]


async def _following(services: Services, result: Result, moved: Sequence[Resource]) -> Result:
    """Return the result with what other calendars show; the next reading looks again."""
    try:
        shown = await services.expander.picture(moved, result.basis)
    except SourceFailure:
        return replace(result, in_doubt=True)
    return replace(result, elsewhere=shown.own, in_doubt=True)


def _missing(subject: Subject, result: Result) -> Sequence[Entry]:
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
