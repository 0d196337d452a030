"""Following calendars and hosts: a broken connection is told to its owner, once."""

from datetime import datetime
from uuid import UUID

from entente_contracts import CalendarEvent, HostChanged
from entente_contracts.calendar import CalendarFault, CalendarStatus
from messaging.delivery import Delivery

from notifier.application.follow_booking import STALE_AFTER
from notifier.application.ports import Stores
from notifier.application.post import Post
from notifier.application.read_booking import one_line
from notifier.domain.breakage import Breakage, Owner


async def follow_calendar(
    stores: Stores, post: Post, delivery: Delivery[CalendarEvent], *, now: datetime
) -> None:
    """Note what a calendar can do; where its connection broke, tell the owner.

    Several calendars of one connection break together: the first tells for all, until none of
    them is broken any more. What the owner disconnected is not broken.
    """
    calendar = delivery.message.calendar
    is_gone = calendar.status == CalendarStatus.DISCONNECTED
    asked_for = is_gone and calendar.reason == CalendarFault.REQUESTED
    is_broken = calendar.status == CalendarStatus.DEGRADED or (is_gone and not asked_for)
    await stores.calendars.lock(calendar.host_id)
    is_news = await stores.calendars.put_calendar(
        calendar.calendar_id,
        connection_id=calendar.connection_id,
        revision=calendar.revision,
        writable=calendar.capabilities.write,
        broken=is_broken,
    )
    if not is_news:
        return
    if not is_broken:
        await stores.calendars.mend(calendar.connection_id)
        return
    breakage = Breakage(
        tenant_id=delivery.message.tenant_id,
        connection_id=calendar.connection_id,
        host_id=calendar.host_id,
        calendar_id=calendar.calendar_id,
        calendar=one_line(calendar.name),
        fault=calendar.reason.value if calendar.reason else "",
        revision=calendar.revision,
        since=calendar.changed_at,
        is_gone=is_gone,
    )
    is_stale = now - delivery.envelope.time > STALE_AFTER
    await stores.calendars.note_breakage(breakage, told=is_stale)
    await _tell(stores, post, calendar.host_id, now=now)


async def follow_host(
    stores: Stores, post: Post, delivery: Delivery[HostChanged], *, now: datetime
) -> None:
    """Note how a host is addressed; tell what could not be told before."""
    host = delivery.message
    owner = Owner(
        host_id=host.host_id,
        name=one_line(host.name),
        address=host.address,
        timezone=host.timezone,
        locale=host.locale,
    )
    await stores.calendars.lock(host.host_id)
    await stores.calendars.put_owner(owner, host.revision)
    await _tell(stores, post, host.host_id, now=now)


async def _tell(stores: Stores, post: Post, host_id: UUID, *, now: datetime) -> None:
    for breakage, owner in await stores.calendars.take_untold(host_id):
        await post.add_breakage(stores.ledger, breakage, owner, now=now)
