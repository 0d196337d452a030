"""Keeping what is known of hosts' calendars, and the queue that follows from it."""

from entente_contracts import CalendarEvent, CalendarState, Conferencing
from entente_contracts import CalendarStatus as PublicStatus
from messaging.delivery import Delivery

from booking.application.ports import Calendars
from booking.domain.calendar import Calendar, CalendarStatus
from booking.domain.queue import Member, reason_to_skip


async def follow_connection(calendars: Calendars, delivery: Delivery[CalendarEvent]) -> None:
    """Project the calendar; its host joins the queue with the first one that is connected.

    A host whose calendars are disconnected or broken keeps the place and is skipped.
    """
    state = delivery.message.calendar
    if not await calendars.project(_calendar(delivery.message.tenant_id, state)):
        return
    known = (await calendars.of_hosts([state.host_id])).get(state.host_id, ())
    await calendars.enqueue(
        Member(
            host_id=state.host_id,
            tenant_id=delivery.message.tenant_id,
            joined_at=state.changed_at,
            skipped=reason_to_skip(known),
        )
    )


def _calendar(tenant_id: str, state: CalendarState) -> Calendar:
    can = state.capabilities
    return Calendar(
        id=state.calendar_id,
        tenant_id=tenant_id,
        host_id=state.host_id,
        writable=can.write,
        holds=can.holds,
        conferencing=can.conferencing != Conferencing.NONE,
        blocks=state.blocks_availability,
        is_default=state.is_default,
        status=_status(state.status),
        revision=state.revision,
    )


def _status(status: PublicStatus) -> CalendarStatus:
    # A status that this version does not know is no promise that the calendar works.
    if not status.is_known:
        return CalendarStatus.DEGRADED
    return CalendarStatus(status.value)
