"""Beginning and ending to read calendars, in the caller's transaction."""

from collections.abc import Sequence
from uuid import UUID

from connector.application import announcements
from connector.application.announce_picture import end_pictures
from connector.application.services import Services
from connector.application.store import Store
from connector.domain.calendar import Calendar
from connector.domain.refusal import Refusal, RefusalCode


async def start_reading(
    services: Services, store: Store, chosen: Sequence[Calendar], *, of_host: Sequence[Calendar]
) -> None:
    """Read the chosen calendars from now on; the first that takes entries may become default.

    `of_host` are all calendars of the host, locked.
    """
    now = services.now()
    has_default = any(calendar.switches.is_default for calendar in of_host)
    for calendar in chosen:
        connected = calendar.connect(now)
        if connected.takes_entries and not has_default:
            connected = connected.make_default(now)
            has_default = True
        await store.calendars.save(connected)
        await store.announcer.announce(announcements.connected(connected))
        state = await store.sync_states.lock(calendar.id)
        await store.sync_states.save(state.start(now))
    if chosen:
        await store.hosts.count_settings(chosen[0].host_id)
        await store.sync_states.wake({calendar.id for calendar in chosen}, at=now)


async def stop_reading(
    services: Services, store: Store, ended: Sequence[Calendar], *, of_host: Sequence[Calendar]
) -> None:
    """Stop reading calendars and end what others know of them; another may become default."""
    now = services.now()
    for calendar in ended:
        disconnected = calendar.disconnect(now)
        await store.calendars.save(disconnected)
        await store.announcer.announce(announcements.disconnected(disconnected))
        state = (await store.sync_states.lock(calendar.id)).end()
        await end_pictures(store, calendar, version=state.revision)
        await store.objects.clear(calendar.id)
        if last := await store.pushes.last(calendar.id):
            await store.pushes.note(calendar.id, calendar.tenant_id, last.undone())
        await store.broken_events.replace(calendar.id, calendar.tenant_id, [])
        await store.sync_states.save(state)
    if ended:
        await store.hosts.count_settings(ended[0].host_id)
        await _elect_default(services, store, ended={c.id for c in ended}, of_host=of_host)


def require_room(services: Services, tenant_id: str, of_host: Sequence[Calendar]) -> int | None:
    """Return how many more calendars may be read, None for any number. Raises Refusal at none."""
    limit = services.tenants.max_calendars(tenant_id)
    if limit is None:
        return None
    room = limit - sum(calendar.is_read for calendar in of_host)
    if room <= 0:
        raise too_many_calendars(limit)
    return room


def too_many_calendars(limit: int) -> Refusal:
    """Return the refusal to read more calendars than the tenant's policy allows."""
    return Refusal(
        RefusalCode.TOO_MANY_CALENDARS,
        f"The tenant allows {limit} calendar(s) per user.",
        max_calendars_per_user=limit,
    )


async def _elect_default(
    services: Services, store: Store, *, ended: set[UUID], of_host: Sequence[Calendar]
) -> None:
    """Without a default, bookings would reach no calendar: the oldest that can takes its place."""
    left = [calendar for calendar in of_host if calendar.is_read and calendar.id not in ended]
    able = [calendar for calendar in left if calendar.takes_entries]
    if able and not any(calendar.switches.is_default for calendar in left):
        elected = able[0].make_default(services.now())
        await store.calendars.save(elected)
        await store.announcer.announce(announcements.settings_changed(elected))
