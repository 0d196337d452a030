"""The queue: which hosts take turns, and who is skipped and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.calendar import Calendar, CalendarStatus


class Skipped(StrEnum):
    """Why a host is passed over."""

    NOT_IN_QUEUE = "host_not_in_queue"
    """Never connected a calendar."""
    DISCONNECTED = "calendar_disconnected"
    """No calendar is connected any more."""
    UNAVAILABLE = "source_unavailable"
    """A calendar that blocks cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A host's place in the queue; with a reason, the host is skipped but keeps the place."""

    host_id: UUID
    tenant_id: str
    joined_at: datetime
    last_chosen_at: datetime | None = None
    skipped: Skipped | None = None


def reason_to_skip(calendars: Iterable[Calendar]) -> Skipped | None:
    """Return why a host with these calendars is skipped, None when bookable.

    A broken or disconnected calendar takes its host out: unknown time is not free time.
    """
    known = list(calendars)
    connected = [calendar for calendar in known if calendar.is_connected]
    if not known:
        return Skipped.NOT_IN_QUEUE
    if not connected:
        return Skipped.DISCONNECTED
    if any(c.blocks and c.status is CalendarStatus.DEGRADED for c in connected):
        return Skipped.UNAVAILABLE
    return None


def next_in_turn(members: Iterable[Member], free: Iterable[UUID]) -> UUID | None:
    """Return the free, bookable host who waited longest; who was never chosen comes first.

    Sequential: with all free, members are chosen in the order they joined, over and over.
    """
    offered = set(free)
    waiting = [m for m in members if m.skipped is None and m.host_id in offered]
    if not waiting:
        return None
    turn = min(
        waiting,
        key=lambda m: (
            m.last_chosen_at is not None,
            m.last_chosen_at or m.joined_at,
            m.joined_at,
            m.host_id,
        ),
    )
    return turn.host_id
