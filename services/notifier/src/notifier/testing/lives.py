"""Bookings of tests, as the public contracts carry them and as the notifier sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import entente_contracts as contracts

from notifier.application.read_booking import booking_of
from notifier.domain.booking import Booking

TENANT = "acme"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
START = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
LINK_KEY = b"0123456789abcdef0123456789abcdef"
BOOKING = UUID("0190a1b2-0000-7000-8000-000000000001")
HOST = UUID("0190a1b2-0000-7000-8000-0000000000a1")
CALENDAR = UUID("0190a1b2-0000-7000-8000-0000000000c1")


def span(start: datetime = START, length: timedelta = HALF_HOUR) -> contracts.TimeRange:
    """Return a range of time."""
    return contracts.TimeRange(start=start, end=start + length)


def a_host(host_id: UUID = HOST, **changes: Any) -> contracts.BookedHost:
    """Return a host of a booking."""
    fields: dict[str, Any] = {
        "host_id": host_id,
        "name": "Ana Novak",
        "address": "ana@example.org",
        "timezone": "Europe/Ljubljana",
        "locale": "en",
        "calendar_id": CALENDAR,
    }
    return contracts.BookedHost(**fields | changes)


def a_guest(**changes: Any) -> contracts.Guest:
    """Return a guest."""
    fields: dict[str, Any] = {
        "name": "Élodie Martin",
        "address": "elodie@example.com",
        "timezone": "Europe/Paris",
        "locale": "en",
    }
    return contracts.Guest(**fields | changes)


def a_public_booking(**changes: Any) -> contracts.Booking:
    """Return a confirmed booking, changed as told."""
    fields: dict[str, Any] = {
        "booking_id": BOOKING,
        "revision": 2,
        "status": contracts.BookingStatus.CONFIRMED,
        "initiator": contracts.PartyRole.GUEST,
        "meeting_type": contracts.MeetingType(
            id=UUID(int=7), title="Introduction", duration_minutes=30
        ),
        "hosts": (a_host(),),
        "guest": a_guest(),
        "options": (
            contracts.Option(
                id=UUID(int=8), uid="uid-1@example", start=START, end=START + HALF_HOUR
            ),
        ),
        "slot": span(),
        "timezone": "Europe/Ljubljana",
        "uid": "uid-1@example",
        "sequence": 0,
        "title": "Introduction",
        "location": "Trubarjeva 5, Ljubljana",
        "entry": contracts.EntryState.WRITTEN,
        "reminders": (1440, 60),
        "notifier": contracts.Notifier.ENTENTE,
        "changed_at": NOW,
    }
    return contracts.Booking(**fields | changes)


def a_booking(**changes: Any) -> Booking:
    """Return a confirmed booking as the notifier sees it, changed as told."""
    return booking_of(a_public_booking(**changes), TENANT)
