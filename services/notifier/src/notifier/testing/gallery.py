"""Every mail there is, once: what tests look through, and what eyes may look at."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import entente_contracts as contracts

from notifier.domain.breakage import Breakage, Owner
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact, Obstacle
from notifier.domain.notices import Notice
from notifier.domain.reminders import reminders_of
from notifier.domain.slot import Slot
from notifier.testing.lives import (
    BOOKING,
    CALENDAR,
    HALF_HOUR,
    HOST,
    NOW,
    START,
    TENANT,
    a_booking,
    a_guest,
    a_host,
    span,
)

_NEW_HOST = UUID("0190a1b2-0000-7000-8000-0000000000a2")
_ALTERNATIVES = tuple(span(START + timedelta(days=days, hours=1)) for days in (1, 2))


def gallery(locale: str) -> Iterator[Notice]:
    """Yield a notice of every wording for every party, in one language."""
    people: dict[str, Any] = {"guest": a_guest(locale=locale), "hosts": (a_host(locale=locale),)}
    before = a_booking(**people)
    for fact, changes in _stories():
        booking = a_booking(**{**people, **changes})
        first = fact in (Fact.PROPOSED, Fact.CONFIRMED) and booking.revision <= before.revision
        yield from notices_of(
            fact,
            booking,
            before=None if first else _before(before, booking),
            writable={},
            obstacle=_obstacle(booking.revision) if fact is Fact.CONFLICT_DETECTED else None,
        )
    failed = a_booking(**people, revision=3, entry=contracts.EntryState.FAILED)
    yield from notices_of(Fact.CONFIRMED, failed, before=before, writable={}, promised={HOST})
    new_host = a_host(_NEW_HOST, name="Bor Kralj", address="bor@example.org", locale=locale)
    changed = a_booking(**{**people, "hosts": (new_host,)}, revision=3, sequence=1)
    yield from notices_of(Fact.RESCHEDULED, changed, before=before, writable={})
    yield from reminders_of(a_booking(**people), 60, now=NOW)


def a_breakage(
    *, fault: str = "authentication", is_gone: bool = False, calendar: str = "Work"
) -> Breakage:
    """Return a broken connection."""
    return Breakage(
        tenant_id=TENANT,
        connection_id=BOOKING,
        host_id=HOST,
        calendar_id=CALENDAR,
        calendar=calendar,
        fault=fault,
        revision=4,
        since=NOW,
        is_gone=is_gone,
    )


def an_owner(locale: str = "en", name: str = "Ana Novak") -> Owner:
    """Return the owner of a broken connection."""
    return Owner(
        host_id=HOST,
        name=name,
        address="ana@example.org",
        timezone="Europe/Ljubljana",
        locale=locale,
    )


def _stories() -> Iterator[tuple[Fact, dict[str, Any]]]:
    status, by = contracts.BookingStatus, contracts.CancelledBy
    proposed: dict[str, Any] = {
        "revision": 1,
        "status": status.PROPOSED,
        "slot": None,
        "options": tuple(
            contracts.Option(
                id=UUID(int=days + 1),
                uid=f"uid-{days}@example",
                start=START + timedelta(days=days),
                end=START + timedelta(days=days) + HALF_HOUR,
            )
            for days in range(3)
        ),
        "expires_at": NOW + timedelta(days=2),
    }
    yield Fact.PROPOSED, proposed
    yield Fact.PROPOSED, proposed | {"initiator": contracts.PartyRole.HOST}
    for entry in contracts.EntryState:
        yield Fact.CONFIRMED, {"entry": entry}
    yield Fact.CONFIRMED, {"status": status.RECORDED_ONLY, "entry": contracts.EntryState.NONE}
    link = {"conference_url": "https://meet.example.org/abc-defg-hij"}
    later: dict[str, Any] = {"revision": 3, "sequence": 1}
    yield Fact.CONFIRMED, later | link
    yield Fact.RESCHEDULED, later | {"slot": span(START + timedelta(days=1, hours=2))}
    for canceller in by:
        ended = contracts.Cancellation(by=canceller, reason="Something came up.\nSorry!")
        yield Fact.CANCELLED, later | {"status": status.CANCELLED, "cancellation": ended}
        yield (
            Fact.CANCELLED,
            proposed | {"status": status.CANCELLED, "cancellation": ended} | {"revision": 4},
        )
    for decliner in (by.HOST, by.GUEST):
        declined = {
            "status": status.DECLINED,
            "cancellation": contracts.Cancellation(by=decliner),
        }
        yield Fact.DECLINED, later | declined
    free = {"alternatives": _ALTERNATIVES}
    yield Fact.DECLINED, later | free | {"status": status.DECLINED}
    yield Fact.DECLINED, later | free | {"status": status.SUPERSEDED, "slot": None}
    yield Fact.DECLINED, later | free
    yield Fact.EXPIRED, later | {"status": status.EXPIRED, "slot": None}
    yield Fact.CONFLICT_DETECTED, later | free
    yield Fact.CONFLICT_DETECTED, later | free | {"revision": 4}


def _before(confirmed: Any, booking: Any) -> Any:
    """Return what was known before: a proposal where no time was ever agreed."""
    if booking.slot is not None:
        return confirmed
    return a_booking(
        revision=1,
        status=contracts.BookingStatus.PROPOSED,
        slot=None,
        expires_at=NOW + timedelta(days=2),
    )


def _obstacle(revision: int) -> Obstacle:
    """Return something at the time of the meeting, or, at an even revision, beside it."""
    start = START if revision % 2 else START + 2 * HALF_HOUR
    return Obstacle(calendar_id=CALENDAR, slot=Slot(start, start + HALF_HOUR))
