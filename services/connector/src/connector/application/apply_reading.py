"""A reading takes effect, in the caller's transaction: resources, months, status, cursor."""

from connector.application import announcements
from connector.application.announce_picture import announce_check, announce_picture
from connector.application.expander import Picture
from connector.application.services import Services
from connector.application.store import Store
from connector.application.take_reading import Result
from connector.domain.calendar import Calendar, CalendarStatus, Provider
from connector.domain.source import Changes
from connector.domain.sync_state import SyncState


async def apply_reading(
    services: Services, store: Store, calendar: Calendar, state: SyncState, result: Result
) -> bool:
    """Keep what was read and announce what it changes; tell whether a month changed.

    Calendar and state are locked.
    """
    reading, picture, policy = result.reading, result.picture, services.sync_policy
    calendar = await _settle(services, store, calendar, picture)
    if isinstance(reading, Changes):
        await _keep_resources(store, calendar, reading)
    announced = state.revision
    if picture is not None:
        state = await announce_picture(store, calendar, state, picture, as_of=reading.as_of)
        basis = None if result.in_doubt else result.basis.key
        state = state.picture_made(basis=basis, entries=picture.entries)
        await store.broken_events.replace(calendar.id, calendar.tenant_id, picture.broken)
    changed = state.revision > announced
    if not changed:
        state = await announce_check(
            store, calendar, state, as_of=reading.as_of, freshness=policy.freshness
        )
    wait = policy.next_reading(reading.next_poll_hint, services.chance)
    state = state.read(cursor=reading.cursor, as_of=reading.as_of, now=services.now(), wait=wait)
    await store.sync_states.save(state)
    return changed


async def _settle(
    services: Services, store: Store, calendar: Calendar, picture: Picture | None
) -> Calendar:
    """Restore a degraded calendar, its entries due; take over what a feed says of itself."""
    now = services.now()
    if calendar.status is CalendarStatus.DEGRADED:
        calendar = calendar.restore(now)
        await store.calendars.save(calendar)
        await store.announcer.announce(announcements.restored(calendar))
        await store.entries.wake({calendar.id}, at=now)
    if picture is None or calendar.provider is not Provider.ICS:
        return calendar
    described = calendar.describe(name=picture.name, timezone=picture.timezone, now=now)
    if described != calendar:
        await store.calendars.save(described)
        await store.announcer.announce(announcements.settings_changed(described))
    return described


async def _keep_resources(store: Store, calendar: Calendar, changes: Changes) -> None:
    if changes.complete:
        await store.objects.clear(calendar.id)
    elif changes.removed:
        await store.objects.remove(calendar.id, changes.removed)
    await store.objects.upsert(calendar.id, calendar.tenant_id, changes.upserted)
