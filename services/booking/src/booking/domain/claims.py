"""Which time of which host a booking occupies: no two claims of one host overlap, buffers too."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from booking.domain.booking import AGREED, Booking, Status
from booking.domain.parties import BookedHost
from booking.domain.slot import Slot


class Firmness(StrEnum):
    """How firmly a time is occupied."""

    HELD = "held"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """Time of one host; the buffers of the booking's terms lie around `slot` and count too."""

    host_id: UUID
    slot: Slot
    firmness: Firmness


def claims_of(booking: Booking) -> tuple[Claim, ...]:
    """Return what the booking occupies now, hosts in order; nothing at its end."""
    claims = tuple(_claims(booking))
    return claims if len(claims) == 1 else tuple(sorted(set(claims)))


def _claims(booking: Booking) -> Iterator[Claim]:
    if booking.status is Status.PROPOSED and booking.terms.holds:
        for option in booking.options:
            yield from _at(option.slot, booking.hosts, Firmness.HELD)
    if booking.status in AGREED:
        yield from _at(booking.agreed, booking.hosts, Firmness.BOOKED)
        for move in (booking.move, *booking.vacated):
            if move is not None:
                yield from _at(move.slot, move.hosts, Firmness.BOOKED)


def _at(slot: Slot, hosts: tuple[BookedHost, ...], firmness: Firmness) -> Iterator[Claim]:
    return (Claim(host.host_id, slot, firmness) for host in hosts)
