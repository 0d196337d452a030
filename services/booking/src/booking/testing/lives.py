"""Bookings in every status, reached as real ones are: by transitions."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from booking.domain.answers import entry_refused, entry_written
from booking.domain.booking import (
    Booking,
    Canceller,
    Obstacle,
    Option,
    Refusal,
    Status,
    Transition,
)
from booking.domain.calendar import Route
from booking.domain.confirming import confirm
from booking.domain.ending import cancel, decline, expire, supersede
from booking.domain.parties import BookedHost, Guest, Role
from booking.domain.proposing import Proposal, propose
from booking.domain.slot import Slot
from booking.domain.terms import Terms

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EXPIRES = NOW + timedelta(hours=24)
ANSWER_BY = NOW + timedelta(seconds=20)
BOOKING_ID = UUID(int=1)
HOST_A = UUID(int=2)
CALENDAR_A = UUID(int=3)
OPTION_1, OPTION_2 = UUID(int=11), UUID(int=12)
UNKNOWN_ID = UUID(int=99)


def slot_at(hours: int) -> Slot:
    """Return half an hour that starts so many hours after NOW plus a day."""
    start = NOW + timedelta(days=1, hours=hours)
    return Slot(start, start + timedelta(minutes=30))


def host(host_id: UUID = HOST_A) -> BookedHost:
    """Return a host."""
    return BookedHost(
        host_id=host_id,
        name="Ana Kovač",
        address=f"ana.{host_id.int}@acme.example",
        timezone="Europe/Ljubljana",
        locale="sl-SI",
    )


def route(calendar_id: UUID = CALENDAR_A, *, by_mail: bool = False, holds: bool = True) -> Route:
    """Return the route to a calendar that takes tentative entries."""
    known = (calendar_id,)
    return Route(
        calendar_id=calendar_id, by_mail=by_mail, holds=holds, looked_at=known, connected=known
    )


def a_proposal(booking_id: UUID = BOOKING_ID, *hosts: BookedHost) -> Proposal:
    """Return a guest's proposal of two dates."""
    return Proposal(
        booking_id=booking_id,
        tenant_id="acme",
        initiator=Role.GUEST,
        terms=Terms(
            meeting_type_id=UUID(int=20),
            title="Introductory call",
            duration_minutes=30,
            buffer_before_minutes=10,
            buffer_after_minutes=10,
        ),
        hosts=hosts or (host(),),
        guest=Guest(
            name="Tomás Ruiz",
            address="tomas@client.example",
            timezone="Europe/Madrid",
            locale="es-ES",
        ),
        options=(
            Option(id=OPTION_1, uid=f"{OPTION_1}@entente", slot=slot_at(0)),
            Option(id=OPTION_2, uid=f"{OPTION_2}@entente", slot=slot_at(24)),
        ),
        timezone="Europe/Ljubljana",
        title="Introductory call",
    )


def in_proposed(*, holding: bool = True, expires_at: datetime = EXPIRES) -> Booking:
    """Return a guest's proposal of two dates; `holding`: the calendar takes tentative entries."""
    routes = {HOST_A: route(holds=holding)}
    return propose(a_proposal(), routes=routes, expires_at=expires_at, now=NOW).after


def in_confirming(option_id: UUID = OPTION_1) -> Booking:
    """Return a booking whose calendar has been asked."""
    return confirm(
        in_proposed(),
        option_id,
        by=Role.HOST,
        routes={HOST_A: route()},
        answer_by=ANSWER_BY,
        now=NOW,
    ).after


def in_recorded_only() -> Booking:
    """Return a booking of a host without calendars."""
    return confirm(
        in_proposed(holding=False),
        OPTION_1,
        by=Role.HOST,
        routes={},
        answer_by=ANSWER_BY,
        now=NOW,
    ).after


def answer(booking: Booking, *, conference_url: str | None = None) -> Transition:
    """Return the transition by which every awaited entry of a single host is written."""
    (entry,) = [entry for entry in booking.entries if entry.is_awaited]
    transition = entry_written(
        booking,
        entry.command_id(booking.id),
        by_mail=False,
        conference_url=conference_url,
        now=NOW,
    )
    return _certain(transition)


def refuse(booking: Booking) -> Transition:
    """Return the transition by which the last look refuses the awaited entry."""
    (entry,) = [entry for entry in booking.entries if entry.is_awaited]
    transition = entry_refused(
        booking,
        entry.command_id(booking.id),
        refusal=Refusal(reason="busy_external", calendar_id=CALENDAR_A),
        obstacle=Obstacle(calendar_id=CALENDAR_A, slot=slot_at(0)),
        now=NOW,
    )
    return _certain(transition)


def a_booking_in(status: Status) -> Booking:
    """Return a booking in the status."""
    proposed = in_proposed()
    lives: dict[Status, Callable[[], Booking]] = {
        Status.PROPOSED: in_proposed,
        Status.CONFIRMING: in_confirming,
        Status.CONFIRMED: lambda: answer(in_confirming()).after,
        Status.RECORDED_ONLY: in_recorded_only,
        Status.CANCELLED: lambda: cancel(proposed, by=Canceller.GUEST, now=NOW).after,
        Status.DECLINED: lambda: decline(proposed, by=Role.HOST, now=NOW).after,
        Status.EXPIRED: lambda: _certain(expire(proposed, now=EXPIRES)).after,
        Status.SUPERSEDED: lambda: (
            _certain(supersede(proposed, Refusal(reason="busy_own"), now=NOW)).after
        ),
    }
    return lives[status]()


def _certain(transition: Transition | None) -> Transition:
    if transition is None:
        raise LookupError("the booking did not change")
    return transition
