"""What a month tells, and what it keeps to itself."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from connector.domain.busy_merge import Interval, merge
from connector.domain.busy_state import BusyState
from connector.domain.expansion import Expansion
from connector.domain.month import Month, whole_months
from connector.domain.month_picture import Busy, BusyDates, BusyTime, MonthPicture, month_pictures
from connector.domain.occurrence import AllDayOccurrence, Occurrence, TimedOccurrence
from connector.domain.occurrence_id import occurrence_id
from connector.domain.window import Window
from entente_contracts import MAX_BYTES as MAX_EVENT_BYTES
from entente_contracts import busy as contract
from entente_contracts import encode
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

KEY = b"tenant"
BOOKING = UUID("0197a1c0-0000-7000-8000-000000000001")
START = datetime(2026, 3, 1, tzinfo=UTC)
QUARTER = Window(START, datetime(2026, 6, 1, tzinfo=UTC))


def timed(
    start: datetime,
    length: timedelta,
    *,
    uid: str = "one",
    state: BusyState = BusyState.BUSY,
    booking_id: UUID | None = None,
) -> TimedOccurrence:
    return TimedOccurrence(uid, start, 0, state, booking_id, start, start + length)


def pictures(*occurrences: Occurrence, window: Window = QUARTER) -> tuple[MonthPicture, ...]:
    return month_pictures(Expansion(window, occurrences, ()), tenant_key=KEY)


def test_one_picture_for_each_whole_month_even_an_empty_one() -> None:
    ragged = Window(START - timedelta(days=1), datetime(2026, 5, 31, 23, tzinfo=UTC))
    assert [str(month) for month in whole_months(ragged)] == ["2026-03", "2026-04"]
    assert [len(picture.busy) for picture in pictures(window=ragged)] == [0, 0]
    assert pictures(window=Window(START, START + timedelta(days=9))) == ()


def test_timed_is_clipped_in_utc_and_keeps_its_id_in_every_month() -> None:
    found = pictures(timed(datetime(2026, 2, 20, tzinfo=UTC), timedelta(days=60)))
    april = datetime(2026, 4, 1, tzinfo=UTC)
    ends = [[(one.start, one.end) for one in times(picture)] for picture in found]
    assert ends == [[(START, april)], [(april, datetime(2026, 4, 21, tzinfo=UTC))], []]
    assert len({one.id for picture in found for one in picture.busy}) == 1


def test_all_day_is_clipped_by_dates() -> None:
    holiday = AllDayOccurrence(
        "one", None, 0, BusyState.OUT_OF_OFFICE, None, date(2026, 3, 30), date(2026, 4, 3)
    )
    march, april, _ = pictures(holiday)
    assert [(d.start_date, d.end_date) for d in dates(march)] == [
        (date(2026, 3, 30), date(2026, 4, 1))
    ]
    assert [(d.start_date, d.end_date) for d in dates(april)] == [
        (date(2026, 4, 1), date(2026, 4, 3))
    ]


def test_free_and_zero_length_are_left_out_but_not_our_own_free_entry() -> None:
    hour = timedelta(hours=1)
    march, *_ = pictures(
        timed(START, hour, state=BusyState.FREE),
        timed(START, timedelta(0)),
        timed(START, hour, state=BusyState.FREE, booking_id=BOOKING),
    )
    assert [(one.state, one.booking_id) for one in march.busy] == [(BusyState.FREE, BOOKING)]


def test_same_meeting_has_one_id_in_a_tenant_and_another_in_the_next() -> None:
    assert occurrence_id(KEY, "uid", START) == occurrence_id(KEY, "uid", START)
    different = {
        occurrence_id(KEY, "uid", START),
        occurrence_id(b"other", "uid", START),
        occurrence_id(KEY, "uid2", START),
        occurrence_id(KEY, "uid", START.date()),
        occurrence_id(KEY, "uid", None),
    }
    assert len(different) == 5
    assert all(len(one) == 24 and "uid" not in one for one in different)


def test_an_id_is_never_computed_another_way_than_before() -> None:
    ids = [occurrence_id(KEY, "uid", instance) for instance in (START, START.date(), None)]
    assert ids == [
        "b2a440b65f1b93c6166120e4",
        "a93ed338458b8594daa2347d",
        "0e5fa304f4a154c42895e5f1",
    ]


@pytest.mark.parametrize(
    ("step", "length", "number"),
    [
        (timedelta(minutes=60), timedelta(minutes=60), 700),
        (timedelta(minutes=4), timedelta(minutes=4), 9000),
        (timedelta(minutes=4), timedelta(minutes=1), 9000),
    ],
)
def test_crowded_month_is_merged_and_stays_an_event(
    step: timedelta, length: timedelta, number: int
) -> None:
    states = (BusyState.BUSY, BusyState.OUT_OF_OFFICE)
    crowd = [
        timed(START + n * step, length, uid=str(n), state=states[n % 2]) for n in range(number)
    ]
    own = [timed(START + n * step, length, booking_id=BOOKING) for n in range(9)]
    march, *_ = pictures(*crowd, *own)
    assert march.merged
    assert [one.booking_id for one in march.busy].count(BOOKING) == 9
    assert all(one.id is None for one in march.busy if one.booking_id is None)
    assert len(encode(event(march))) <= MAX_EVENT_BYTES
    rest = [one for one in times(march) if one.booking_id is None]
    assert all(
        any(one.start <= busy.start and busy.end <= one.end for one in joined(rest))
        for busy in crowd
    )


def test_month_with_too_many_entries_of_ours_is_merged_too() -> None:
    step = timedelta(hours=1)
    own = [timed(START + n * step, step, uid=str(n), booking_id=BOOKING) for n in range(700)]
    march, *_ = pictures(*own)
    assert times(march) == [BusyTime(START, START + 700 * step, BusyState.BUSY)]


INTERVALS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 9), st.sampled_from(BusyState)), max_size=12
).map(
    lambda drawn: [
        Interval(START + timedelta(hours=at), START + timedelta(hours=at + hours), state)
        for at, hours, state in drawn
    ]
)


@given(INTERVALS)
def test_merging_keeps_who_is_busy_when(intervals: list[Interval]) -> None:
    rank = [BusyState.TENTATIVE, BusyState.UNKNOWN, BusyState.BUSY, BusyState.OUT_OF_OFFICE]

    def state_at(moment: datetime, among: list[Interval]) -> BusyState | None:
        states = [one.state for one in among if one.start <= moment < one.end]
        return max((state for state in states if state in rank), key=rank.index, default=None)

    merged = merge(intervals)
    for hour in range(50):
        moment = START + timedelta(hours=hour, minutes=30)
        assert state_at(moment, merged) == state_at(moment, intervals)
    assert all(one.end <= after.start for one, after in pairwise(merged))
    assert merge(merged) == merged


def times(picture: MonthPicture) -> list[BusyTime]:
    return [one for one in picture.busy if isinstance(one, BusyTime)]


def dates(picture: MonthPicture) -> list[BusyDates]:
    return [one for one in picture.busy if isinstance(one, BusyDates)]


def joined(busy: list[BusyTime]) -> list[Interval]:
    return merge(Interval(one.start, one.end, BusyState.BUSY) for one in busy)


def event(picture: MonthPicture) -> contract.CalendarChanged:
    return contract.CalendarChanged(
        tenant_id="t" * 64,
        calendar_id=BOOKING,
        host_id=BOOKING,
        month=str(picture.month),
        revision=2**31,
        as_of=START,
        occurrences=tuple(map(in_contract, picture.busy)),
        merged=picture.merged,
    )


def in_contract(one: Busy) -> contract.Occurrence:
    state = contract.BusyState(one.state.value)
    if isinstance(one, BusyTime):
        return contract.TimedOccurrence(
            id=one.id, start=one.start, end=one.end, state=state, booking_id=one.booking_id
        )
    return contract.AllDayOccurrence(
        id=one.id,
        start_date=one.start_date,
        end_date=one.end_date,
        state=state,
        booking_id=one.booking_id,
    )


def test_month_is_a_month() -> None:
    assert (str(Month(2026, 12).next()), Month(2026, 2).end_date) == ("2027-01", date(2026, 3, 1))
    with pytest.raises(ValueError, match="month"):
        Month(2026, 13)
