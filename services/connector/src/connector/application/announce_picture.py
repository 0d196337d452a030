"""Telling others what changed in a calendar's months, and that a reading changed nothing."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from entente_contracts import CalendarChanged, CalendarChecked
from entente_contracts.busy import AllDayOccurrence, BusyState, Occurrence, TimedOccurrence
from pydantic_core import to_json

from connector.application.expander import Picture
from connector.application.store import Store
from connector.domain.calendar import Calendar
from connector.domain.month_picture import Busy, BusyTime, MonthPicture
from connector.domain.sync_state import SyncState


async def announce_picture(
    store: Store, calendar: Calendar, state: SyncState, picture: Picture, *, as_of: datetime
) -> SyncState:
    """Announce the months that differ from what was announced, and end those that left.

    The calendar must be locked: only the lock makes the order of revisions that of the outbox.
    """
    known = await store.pictures.digests(calendar.id)
    contents = {str(month.month): _content(month) for month in picture.months}
    digests = {month: _digest(content) for month, content in contents.items()}
    changed = [month for month in sorted(digests) if known.get(month) != digests[month]]
    ended = known.keys() - digests.keys()
    if not changed and not ended:
        return state
    state = state.announce(as_of)
    for month in changed:
        await store.announcer.announce(
            CalendarChanged(
                tenant_id=calendar.tenant_id,
                calendar_id=calendar.id,
                host_id=calendar.host_id,
                month=month,
                revision=state.revision,
                as_of=as_of,
                **contents[month],
            )
        )
    await store.pictures.put(
        calendar.id,
        calendar.tenant_id,
        {month: digests[month] for month in changed},
        revision=state.revision,
    )
    await _end(store, calendar, ended, version=state.revision)
    return state


async def announce_check(
    store: Store, calendar: Calendar, state: SyncState, *, as_of: datetime, freshness: timedelta
) -> SyncState:
    """Announce that nothing changed, once per freshness interval."""
    if state.checked_at and as_of < state.checked_at + freshness:
        return state
    state = state.announce(as_of)
    await store.announcer.announce(
        CalendarChecked(
            tenant_id=calendar.tenant_id,
            calendar_id=calendar.id,
            host_id=calendar.host_id,
            revision=state.revision,
            as_of=as_of,
        )
    )
    return state


async def end_pictures(store: Store, calendar: Calendar, *, version: int) -> None:
    """End every month that was announced, and the calendar's checks."""
    known = await store.pictures.digests(calendar.id)
    await _end(store, calendar, known.keys(), version=version)
    await store.announcer.end(
        CalendarChecked,
        key=CalendarChecked.key_for(calendar.id),
        calendar_id=calendar.id,
        version=version,
        tenant_id=calendar.tenant_id,
    )


async def _end(store: Store, calendar: Calendar, months: Collection[str], *, version: int) -> None:
    for month in sorted(months):
        await store.announcer.end(
            CalendarChanged,
            key=CalendarChanged.key_for(calendar.id, month),
            calendar_id=calendar.id,
            version=version,
            tenant_id=calendar.tenant_id,
        )
    await store.pictures.remove(calendar.id, months)


def _content(month: MonthPicture) -> dict[str, Any]:
    """Return what a month's event says of it, apart from when it was read."""
    return {"occurrences": tuple(map(_occurrence, month.busy)), "merged": month.merged}


def _occurrence(busy: Busy) -> Occurrence:
    state = BusyState(busy.state.value)
    if isinstance(busy, BusyTime):
        return TimedOccurrence(
            id=busy.id, start=busy.start, end=busy.end, state=state, booking_id=busy.booking_id
        )
    return AllDayOccurrence(
        id=busy.id,
        start_date=busy.start_date,
        end_date=busy.end_date,
        state=state,
        booking_id=busy.booking_id,
    )


def _digest(content: dict[str, Any]) -> bytes:
    return sha256(to_json(content)).digest()
