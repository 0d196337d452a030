"""A confirmed meeting, and somebody else's time over it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from entente_contracts import BusyState, CalendarChanged, TimedOccurrence, envelope_for
from messaging.delivery import Delivery, Position

from booking.domain.booking import Booking, Transition
from booking.domain.proposing import book
from booking.testing.calendars import a_calendar
from booking.testing.lives import ANSWER_BY, CALENDAR_A, HOST_A, NOW, a_proposal, route
from booking.testing.world import World


async def a_meeting(world: World, confirm: Callable[[Booking], Transition | None]) -> Booking:
    """Store a booking of one host, with its calendar, as `confirm` leaves it."""
    proposal = a_proposal()
    one_date = replace(proposal, options=proposal.options[:1])
    booked = book(one_date, routes={HOST_A: route()}, answer_by=ANSWER_BY, now=NOW)
    confirmed = confirm(booked.after)
    if confirmed is None:
        raise AssertionError("the booking was not confirmed")
    for transition in (booked, confirmed):
        await world.services.bookings.store(transition)
    await world.services.calendars.project(
        a_calendar(HOST_A, id=CALENDAR_A, tenant_id=proposal.tenant_id, holds=True)
    )
    return confirmed.after


def something_else_then(booking: Booking) -> Delivery[CalendarChanged]:
    """Return a month of the calendar that is busy when the meeting is."""
    slot = booking.agreed
    return delivered(
        CalendarChanged(
            tenant_id=booking.tenant_id,
            calendar_id=CALENDAR_A,
            host_id=HOST_A,
            month=f"{slot.start:%Y-%m}",
            revision=1,
            as_of=datetime.now(UTC),
            occurrences=(
                TimedOccurrence(start=slot.start, end=slot.end, id="x", state=BusyState.BUSY),
            ),
        )
    )


def delivered(message: Any) -> Delivery[Any]:
    """Return a message of the connector's as a handler gets it."""
    envelope = envelope_for(message, source="/connector", time=datetime.now(UTC))
    return Delivery(message, envelope, Position(message.topic.name, 0, 0), message.key(), ())
