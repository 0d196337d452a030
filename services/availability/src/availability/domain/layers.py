"""A host's time, layer by layer: what each source says is taken, and in which state.

Free/busy, slots and their reasons are all read from these layers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.host import (
    Calendar,
    ClaimStatus,
    ConnectionState,
    Host,
    Occurrence,
    TimedOccurrence,
)
from availability.domain.intervals import ALWAYS, Interval, merged, subtracted
from availability.domain.months import known_time
from availability.domain.reasons import Reason
from availability.domain.rules import Staleness, StalePolicy
from availability.domain.sources import is_overdue
from availability.domain.wall_clock import DAY, day_end, day_of, day_start


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where a host's time is looked at: the moment, the span of interest, the policies.

    `ignore_booking` is a booking that shall not stand in its own way while it is rescheduled.
    """

    now: int
    span: Interval
    staleness: Staleness
    ignore_booking: UUID | None = None


class Layer(NamedTuple):
    """Time taken by one source for one reason; free time has no layer.

    `intervals` are a merged set that may leave the span, unless there are `references`: these name
    each interval, by an occurrence id or, where `calendar_id` is None, a booking id, and the
    intervals come in any order and may overlap.
    """

    reason: Reason
    state: BusyState
    intervals: Sequence[Interval]
    calendar_id: UUID | None = None
    as_of: int | None = None
    references: Sequence[str | UUID | None] = ()


def layers(host: Host, view: Viewpoint) -> Iterator[Layer]:
    """Yield what is taken of the host's time; calendars that do not block say nothing."""
    if host.claims:
        yield from _claimed(host, view)
    for calendar in host.calendars:
        if calendar.blocks_availability:
            yield from _unknown(calendar, host.zone, view)
            for state, intervals in calendar.timed.items():
                reason = _REASONS.get(state)
                if reason is not None:
                    yield Layer(reason, state, intervals, calendar.calendar_id, calendar.as_of)
            if calendar.occurrences:
                yield from _looked_at(calendar, host, view)


def during(occurrence: Occurrence, zone: ZoneInfo, span: Interval) -> Interval | None:
    """Return when an occurrence takes place for a host in `zone`, None when not near `span`.

    All-day occurrences are the dates as lived there: 23, 24 or 25 hours, and none at all for a
    date that the zone skipped. Far ends are cut, so that no date is out of range.
    """
    if isinstance(occurrence, TimedOccurrence):
        return occurrence.start, occurrence.end
    first = max(day_of(occurrence.start_date), span[0] // DAY - 1)
    last = min(day_of(occurrence.end_date) - 1, span[1] // DAY + 1)
    if last < first:
        return None
    start, end = day_start(zone, first), day_end(zone, last)
    return (start, end) if start < end else None


def _claimed(host: Host, view: Viewpoint) -> Iterator[Layer]:
    """Yield what our own bookings take, and what they keep free around them."""
    claims = [claim for claim in host.claims if claim.booking_id != view.ignore_booking]
    for status, reason, state in (
        (ClaimStatus.CONFIRMED, Reason.BUSY_OWN, BusyState.BUSY),
        (ClaimStatus.HELD, Reason.HELD_BY_OTHER, BusyState.TENTATIVE),
    ):
        alike = [claim for claim in claims if claim.status is status]
        taken = [(claim.start, claim.end, claim.booking_id) for claim in alike]
        around = [
            (start, end, claim.booking_id)
            for claim in alike
            for start, end in (
                (claim.start - claim.buffer_before, claim.start),
                (claim.end, claim.end + claim.buffer_after),
            )
            if start < end
        ]
        for why, named in ((reason, taken), (Reason.BUFFER, around)):
            if named:
                intervals = [(start, end) for start, end, _ in named]
                yield Layer(why, state, intervals, references=[name for *_, name in named])


def _unknown(calendar: Calendar, zone: ZoneInfo, view: Viewpoint) -> Sequence[Layer]:
    """Return the time of which the calendar's picture cannot speak.

    A disconnected calendar and one never read speak of nothing, whatever the policy. A calendar
    in trouble (degraded) keeps its last good picture, which ages like any other.
    """
    whole = (view.span,)
    if calendar.connection is ConnectionState.DISCONNECTED:
        return [_unknown_for(Reason.CALENDAR_DISCONNECTED, whole, calendar)]
    if calendar.as_of is None:
        return [_unknown_for(Reason.SOURCE_UNAVAILABLE, whole, calendar)]
    found: list[Layer] = []
    unread = _unread(calendar.months_known, zone, view.span)
    if unread:
        found.append(_unknown_for(Reason.SOURCE_UNAVAILABLE, unread, calendar))
    if view.staleness.policy is StalePolicy.BLOCK and is_overdue(
        calendar, view.now, view.staleness.bound
    ):
        broken = calendar.connection is ConnectionState.DEGRADED
        reason = Reason.SOURCE_UNAVAILABLE if broken else Reason.SOURCE_STALE
        found.append(_unknown_for(reason, whole, calendar))
    return found


@lru_cache(maxsize=4096)
def _unread(months: frozenset[int], zone: ZoneInfo, span: Interval) -> Sequence[Interval]:
    """Return the part of `span` that pictures of `months` do not know; calendars share few."""
    return tuple(subtracted([span], known_time(months, zone)))


def _unknown_for(reason: Reason, intervals: Sequence[Interval], calendar: Calendar) -> Layer:
    return Layer(reason, BusyState.UNKNOWN, intervals, calendar.calendar_id, calendar.as_of)


def _looked_at(calendar: Calendar, host: Host, view: Viewpoint) -> Iterator[Layer]:
    """Yield the occurrences that are not free, without what echoes bookings of ours."""
    echoes = _echoes(host, view)
    alike: dict[tuple[Reason, BusyState], tuple[list[Interval], list[str | UUID | None]]] = {}
    for occurrence in calendar.occurrences:
        state, booking_id = occurrence.state, occurrence.booking_id
        if state is BusyState.FREE:
            continue
        interval = during(occurrence, host.zone, view.span)
        if interval is None:
            continue
        timed = isinstance(occurrence, TimedOccurrence)
        reason = _reason(state, Reason.BUSY_EXTERNAL if timed else Reason.ALL_DAY_POLICY)
        intervals, references = alike.setdefault((reason, state), ([], []))
        told = echoes.get(booking_id) if booking_id is not None else None
        taken = subtracted([interval], told) if told else [interval]
        intervals.extend(taken)
        references.extend([occurrence.occurrence_id] * len(taken))
    for (reason, state), (intervals, references) in alike.items():
        if intervals:
            yield Layer(reason, state, intervals, calendar.calendar_id, calendar.as_of, references)


def _echoes(host: Host, view: Viewpoint) -> Mapping[UUID, Sequence[Interval]]:
    """Return the time, a merged set, at which a booking's entry says what the booking says.

    Buffers are not part of it: what an entry takes of them was added in the calendar. Of a booking
    that is to be ignored and that is not known yet, it is all time.
    """
    told = {booking_id: list(times) for booking_id, times in host.known_bookings.items()}
    for claim in host.claims:
        told.setdefault(claim.booking_id, []).append((claim.start, claim.end))
    if view.ignore_booking is not None:
        told.setdefault(view.ignore_booking, [ALWAYS])
    return {booking_id: merged(times) for booking_id, times in told.items()}


def _reason(state: BusyState, otherwise: Reason) -> Reason:
    return Reason.SOURCE_UNAVAILABLE if state is BusyState.UNKNOWN else otherwise


_REASONS = {state: _reason(state, Reason.BUSY_EXTERNAL) for state in PRECEDENCE}
"""Of time in bare intervals; what is free has none."""
