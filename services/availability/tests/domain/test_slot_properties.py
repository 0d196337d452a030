"""The quick path, the sweep, the explanation and a naive reading of the rules must agree."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from availability.domain import mask, sweep
from availability.domain.busy_state import BUSY_LIKE, BusyState
from availability.domain.candidate import candidates
from availability.domain.explain import explain
from availability.domain.free_busy import free_busy
from availability.domain.host import (
    AllDayOccurrence,
    Calendar,
    Claim,
    ClaimStatus,
    ConnectionState,
    Host,
    Occurrence,
    TimedOccurrence,
)
from availability.domain.intervals import ALWAYS, merged
from availability.domain.rules import (
    AllDayPolicy,
    SlotRules,
    Staleness,
    StalePolicy,
    WallClockAnchor,
)
from availability.domain.slot_request import SlotRequest
from availability.domain.slots import any_host_slots, collective_slots
from availability.domain.working_hours import DatedHours, Hours, WorkingHours
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# Each two days hold a change of the clocks, the last two a change of the month instead.
CHANGES = [
    ("Europe/Paris", date(2026, 3, 28)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Sydney", date(2026, 10, 3)),
    ("Australia/Lord_Howe", date(2026, 4, 4)),
    ("America/Sao_Paulo", date(2018, 11, 3)),
    ("Africa/Cairo", date(2024, 4, 25)),
    ("Asia/Kolkata", date(2026, 6, 30)),
    ("America/Los_Angeles", date(2026, 6, 30)),
]
RESCHEDULED = UUID(int=1)
ENDED = UUID(int=2)
OTHERS = [UUID(int=3), UUID(int=4)]


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


@st.composite
def working_hours(draw: st.DrawFn, first: date) -> WorkingHours:
    start, length = draw(st.integers(0, 100)), draw(st.integers(1, 150))
    pause, rest = draw(st.integers(0, 12)), draw(st.integers(0, 24))
    bounds = [start, start + length, start + length + pause, start + length + pause + rest]
    split = tuple(Hours(it * 5, until * 5) for it, until in (bounds[:2], bounds[2:]) if it < until)
    whole = (Hours(0, 1440),)
    days = draw(st.sampled_from([(split, split), (split, whole), (whole, split), (whole, whole)]))
    weekly = tuple(days[at % 2] for at in range(7))
    dated = draw(st.sampled_from([[], [], [()], [split]]))
    return WorkingHours(weekly, tuple(DatedHours(first + timedelta(days=1), it) for it in dated))


@st.composite
def extents(draw: st.DrawFn, origin: int) -> tuple[int, int]:
    # Mostly on the step, so that meetings touch; at times a second off.
    start = origin + draw(st.integers(-72, 648)) * 5 * MINUTE + draw(st.sampled_from([0, 0, 1]))
    return start, start + draw(
        st.sampled_from([1, 5 * MINUTE, 25 * MINUTE, 70 * MINUTE] * 2 + [7 * HOUR])
    )


@st.composite
def occurrences(draw: st.DrawFn, origin: int, first: date) -> Occurrence:
    state = draw(st.sampled_from(BusyState))
    booking_id = draw(st.sampled_from([None, None, RESCHEDULED, ENDED, UUID(int=9)]))
    if draw(st.sampled_from([True, True, True, False])):
        return TimedOccurrence(*draw(extents(origin)), state, "timed", booking_id)
    start = first + timedelta(days=draw(st.integers(-1, 2)))
    end = start + timedelta(days=draw(st.integers(1, 2)))
    return AllDayOccurrence(start, end, state, "all-day", booking_id)


@st.composite
def calendars(draw: st.DrawFn, origin: int, first: date, now: int) -> Calendar:
    near = {month_of(first) - 1, month_of(first), month_of(first) + 1}
    return Calendar(
        calendar_id=UUID(int=draw(st.integers(100, 10_000))),
        as_of=draw(st.sampled_from([now] * 8 + [now - 900, now - 901, None])),
        months_known=frozenset(draw(st.sampled_from([near, near, near, {month_of(first)}]))),
        timed=draw(
            st.dictionaries(
                st.sampled_from(BusyState), st.lists(extents(origin), max_size=3).map(merged)
            )
        ),
        occurrences=draw(st.lists(occurrences(origin, first), max_size=3)),
        connection=draw(st.sampled_from([ConnectionState.CONNECTED] * 9 + list(ConnectionState))),
        blocks_availability=draw(st.sampled_from([True, True, True, False])),
    )


@st.composite
def claims(draw: st.DrawFn, origin: int) -> Claim:
    buffer = st.sampled_from([0, 0, 10 * MINUTE, 45 * MINUTE])
    start, end = draw(extents(origin))
    return Claim(
        draw(st.sampled_from([RESCHEDULED, *OTHERS])),
        start,
        end,
        draw(st.sampled_from(ClaimStatus)),
        draw(buffer),
        draw(buffer),
    )


@st.composite
def hosts(draw: st.DrawFn, zone: str, origin: int, first: date, now: int) -> Host:
    return Host(
        host_id=draw(st.uuids()),
        zone=ZoneInfo(zone),
        hours=draw(working_hours(first)),
        calendars=draw(st.lists(calendars(origin, first, now), max_size=2)),
        claims=draw(st.lists(claims(origin), max_size=3)),
        known_bookings=draw(
            st.dictionaries(
                st.sampled_from([ENDED, RESCHEDULED]),
                st.lists(extents(origin), max_size=2).map(merged),
            )
        ),
    )


@st.composite
def questions(draw: st.DrawFn, count: int = 1) -> tuple[list[Host], SlotRequest]:
    zone, first = draw(st.sampled_from(CHANGES))
    midnight = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))
    origin = int(midnight.timestamp())
    now = origin + draw(st.integers(-30, 6)) * HOUR + draw(st.sampled_from([0, 1]))
    anchors = st.builds(
        WallClockAnchor,
        st.sampled_from([ZoneInfo(zone), ZoneInfo("Asia/Kathmandu")]),
        st.sampled_from([0, 10, 540]),
    )
    buffer = st.sampled_from([0, 5 * MINUTE, 40 * MINUTE])
    rules = SlotRules(
        duration=draw(st.sampled_from([5, 15, 30, 50, 90])) * MINUTE,
        step=draw(st.sampled_from([5, 7, 15, 20, 30, 45, 50, 60])) * MINUTE,
        buffer_before=draw(buffer),
        buffer_after=draw(buffer),
        minimum_notice=draw(st.sampled_from([0, 0, 30 * MINUTE, 4 * HOUR])),
        horizon_days=draw(st.sampled_from([30, 2, 1, 0])),
        daily_limit=draw(st.sampled_from([None, None, 1, 2])),
        staleness=Staleness(900, draw(st.sampled_from(StalePolicy))),
        blocking=frozenset(
            {BusyState.BUSY, BusyState.UNKNOWN, *draw(st.sets(st.sampled_from(list(BUSY_LIKE))))}
        ),
        all_day=draw(st.sampled_from(AllDayPolicy)),
        anchor=draw(anchors if count > 1 else st.none() | anchors),
    )
    start = origin + draw(st.integers(-HOUR, DAY))
    request = SlotRequest(
        rules=rules,
        window=(start, start + draw(st.integers(1, DAY + HOUR))),
        now=now,
        ignore_booking=draw(st.sampled_from([None, RESCHEDULED])),
    )
    zones = [zone, "Europe/London", "Asia/Kolkata"]
    group = [draw(hosts(it, origin, first, now)) for it in zones[:count]]
    return group, request


class NaiveReading:
    """The rules read one start and one minute at a time, on the clocks of the standard library."""

    def __init__(self, host: Host, request: SlotRequest) -> None:
        self.host = host
        self.request = request
        self.rules = request.rules
        self.ignored = {request.ignore_booking} - {None}
        self.claims = [it for it in host.claims if it.booking_id not in self.ignored]

    def offered(self) -> list[int]:
        start, end = self.request.window
        first = -(-start // MINUTE) * MINUTE
        return [at for at in range(first, end, MINUTE) if self.is_free(at)]

    def is_free(self, at: int) -> bool:
        return self._on_step(at) and self._at_work(at) and self._in_time(at) and self._clear(at)

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at, self.host.zone)

    def _in_time(self, at: int) -> bool:
        today = self._local(self.request.now).date()
        if at < self.request.now + self.rules.minimum_notice:
            return False
        if self._local(at).date() > today + timedelta(days=self.rules.horizon_days):
            return False
        if self.rules.daily_limit is None:
            return True
        days = {(it.booking_id, self._local(it.start).date()) for it in self.claims}
        count = Counter(day for _, day in days)[self._local(at).date()]
        return count < self.rules.daily_limit

    def _hours_at(self, at: int) -> Hours | None:
        local = self._local(at)
        hours = self.host.hours.weekly[local.weekday()]
        for dated in self.host.hours.overrides:
            if dated.date == local.date():
                hours = dated.hours
        minute = local.hour * 60 + local.minute
        return next((it for it in hours if it.start <= minute < it.end), None)

    def _at_work(self, at: int) -> bool:
        return all(self._hours_at(it) for it in range(at, at + self.rules.duration, MINUTE))

    def _on_step(self, at: int) -> bool:
        anchor = self.rules.anchor
        if anchor is None:
            local = self._local(at)
            hours = self._hours_at(at)
            counted_from = hours.start if hours else 0
        else:
            local = datetime.fromtimestamp(at, anchor.zone)
            counted_from = anchor.minute
        since = local.hour * 60 + local.minute - counted_from
        return since * MINUTE % self.rules.step == 0

    def _clear(self, at: int) -> bool:
        begin = at - self.rules.buffer_before
        end = at + self.rules.duration + self.rules.buffer_after
        for claim in self.claims:
            if claim.start - claim.buffer_before < end and begin < claim.end + claim.buffer_after:
                return False
        return all(
            self._calendar_clear(it, begin, end)
            for it in self.host.calendars
            if it.blocks_availability
        )

    def _calendar_clear(self, calendar: Calendar, begin: int, end: int) -> bool:
        if calendar.connection is ConnectionState.DISCONNECTED or calendar.as_of is None:
            return False
        age = self.request.now - calendar.as_of
        if age > 900 and self.rules.staleness.policy is StalePolicy.BLOCK:
            return False
        for state, intervals in calendar.timed.items():
            for start, until in intervals:
                if state in self.rules.blocking and start < end and begin < until:
                    return False
        for occurrence in calendar.occurrences:
            if self._blocks(occurrence, begin, end):
                return False
        return all(
            month_of(it.date()) in calendar.months_known
            for at in {*range(begin, end, MINUTE), end - 1}
            for it in (datetime.fromtimestamp(at, UTC), self._local(at))
        )

    def _blocks(self, occurrence: Occurrence, begin: int, end: int) -> bool:
        if occurrence.state not in self.rules.blocking:
            return False
        echoed = self._echoed(occurrence.booking_id)
        changes = [until for _, until in echoed if begin < until < end]
        if isinstance(occurrence, TimedOccurrence):
            start, until = max(begin, occurrence.start), min(end, occurrence.end)
            return any(start <= at < until and not _within(at, echoed) for at in [start, *changes])
        away = {BusyState.OUT_OF_OFFICE, BusyState.UNKNOWN}
        if self.rules.all_day is AllDayPolicy.ONLY_AWAY and occurrence.state not in away:
            return False
        return any(
            occurrence.start_date <= self._local(at).date() < occurrence.end_date
            and not _within(at, echoed)
            for at in {*range(begin, end, MINUTE), *changes}
        )

    def _echoed(self, booking_id: UUID | None) -> list[tuple[int, int]]:
        """Return when entries of a booking say nothing of their own."""
        if booking_id is None:
            return []
        claimed = [(it.start, it.end) for it in self.host.claims if it.booking_id == booking_id]
        if (
            booking_id in self.ignored
            and not claimed
            and booking_id not in self.host.known_bookings
        ):
            return [ALWAYS]
        return [*claimed, *self.host.known_bookings.get(booking_id, ())]


def _within(at: int, intervals: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in intervals)


@given(questions())
@settings(deadline=None, max_examples=200)
def test_slots_are_what_a_naive_reading_of_the_rules_finds(
    question: tuple[list[Host], SlotRequest],
) -> None:
    group, request = question
    found = list(collective_slots(group, request).offers)
    assert found == NaiveReading(group[0], request).offered()


@given(questions(count=3))
@settings(deadline=None, max_examples=60)
def test_mask_and_sweep_agree(question: tuple[list[Host], SlotRequest]) -> None:
    group, request = question
    found = candidates(group, request)
    lattice = mask.Lattice.holding(found, request.days)
    window = request.window
    assert mask.together(found, window, lattice) == sweep.together(found, window)
    for several in (found, found * 45):  # more than a word of bits holds
        offers = mask.any_of(several, window, lattice, list)
        assert list(offers.items()) == list(sweep.any_of(several, window, list).items())


@given(questions(count=3))
@settings(deadline=None, max_examples=60)
def test_groups_agree_with_their_members(question: tuple[list[Host], SlotRequest]) -> None:
    group, request = question
    alone = {host.host_id: set(collective_slots([host], request).offers) for host in group}
    common = set(collective_slots(group, request).offers)
    one, two, three = alone.values()
    assert common == one & two & three
    offers = any_host_slots(group, request).offers
    assert set(offers) == one | two | three
    for start, offer in offers.items():
        assert offer.host_ids == tuple(it.host_id for it in group if start in alone[it.host_id])


@given(questions(), st.data())
@settings(deadline=None, max_examples=60)
def test_a_start_is_offered_exactly_when_there_is_no_reason_against_it(
    question: tuple[list[Host], SlotRequest], data: st.DataObject
) -> None:
    group, request = question
    offered = set(collective_slots(group, request).offers)
    first, end = request.window
    others = data.draw(st.lists(st.integers(first, end - 1), max_size=20))
    on_grid = range(-(-first // 300) * 300, end, 300)
    for start in offered.union(others, on_grid):
        reasons = explain(group, request, start)[group[0].host_id]
        assert (start in offered) == (not reasons), reasons


@given(questions())
@settings(deadline=None, max_examples=60)
def test_nothing_is_offered_where_free_busy_knows_of_no_freedom(
    question: tuple[list[Host], SlotRequest],
) -> None:
    group, request = question
    taken = [
        (start, end)
        for start, end, state in free_busy(group[0], request.view).intervals
        if state in {BusyState.UNKNOWN, BusyState.OUT_OF_OFFICE} and state in request.rules.blocking
    ]
    for start in collective_slots(group, request).offers:
        end = start + request.rules.duration
        assert not [it for it in taken if it[0] < end and start < it[1]]
