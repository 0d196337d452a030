"""Who is to be told what of a booking, read from its events alone."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias
from uuid import UUID

from entente_contracts import (
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingConflictDetected,
    BookingDeclined,
    BookingExpired,
    BookingProposed,
    BookingRescheduled,
)
from walk.facts import Told

Expected: TypeAlias = tuple[UUID, int, str, str]
"""Booking, revision, party (`guest` or `host:<id>`), kind of mail."""

_STANDING = {"confirmed", "recorded_only"}


def expected_notices(booking_id: UUID, told: Sequence[Told]) -> Iterator[Expected]:
    """Yield one for each mail that the parties are owed."""
    before: Booking | None = None
    obstacles: set[tuple[int, str]] = set()
    for one in told:
        booking = one.event.booking
        if isinstance(one.event, BookingConflictDetected):
            if before is not None and booking.revision < before.revision:
                continue
            obstacle = f"{one.event.conflict.calendar_id}@{one.event.conflict.start}"
            if (booking.revision, obstacle) in obstacles:
                continue
            obstacles.add((booking.revision, obstacle))
        elif before is not None and booking.revision <= before.revision:
            continue
        for party, kind in _owed(one, before):
            yield booking_id, booking.revision, party, kind
        before = booking


def hosts_of(booking: Booking) -> list[str]:
    """Return the hosts as parties."""
    return [f"host:{host.host_id}" for host in booking.hosts]


def _owed(told: Told, before: Booking | None) -> Iterator[tuple[str, str]]:
    booking = told.event.booking
    everybody = [*hosts_of(booking), "guest"]
    stood = before is not None and before.status.value in _STANDING
    match told.event:
        case BookingProposed():
            yield from ((party, "proposal") for party in everybody)
        case BookingConfirmed() if not stood:
            yield from ((party, "invitation") for party in everybody)
        case BookingRescheduled():
            invited = {"guest", *hosts_of(before)} if before and stood else set(everybody)
            for party in everybody:
                yield party, "update" if party in invited else "invitation"
            yield from ((party, "cancellation") for party in invited - set(everybody))
        case BookingCancelled():
            yield from ((party, "cancellation") for party in everybody)
        case BookingDeclined():  # a date lost on the spot: its hosts never heard of it
            yield from ((party, "decline") for party in (everybody if before else ["guest"]))
        case BookingExpired():
            yield from ((party, "expiry") for party in everybody)
        case BookingConflictDetected(conflict=conflict):
            owners = [h for h in booking.hosts if h.calendar_id == conflict.calendar_id]
            yield from ((f"host:{host.host_id}", "conflict") for host in owners or booking.hosts)
        case _:
            return
