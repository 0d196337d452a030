"""What is in the way of a booking, and what is not."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from connector.domain.busy_state import BusyState
from connector.domain.month_picture import Busy, BusyDates, BusyTime
from connector.domain.obstacle import Looked, LookReason
from connector.domain.window import Window

pytestmark = pytest.mark.unit

CALENDAR, OURS = UUID(int=1), UUID(int=2)
HOUR = timedelta(hours=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LOOKED = Looked(
    window=Window(NINE - HOUR, NINE + 2 * HOUR),
    meeting=Window(NINE, NINE + HOUR),
    zone="Pacific/Auckland",
    ours={OURS},
)


def timed(start: datetime, state: BusyState = BusyState.BUSY, own: UUID | None = None) -> BusyTime:
    return BusyTime(start, start + HOUR, state, "opaque", own)


def reason(*busy: Busy) -> LookReason | None:
    refusal = LOOKED.refusal(CALENDAR, busy)
    return refusal and refusal.reason


@pytest.mark.parametrize(
    "state", [BusyState.BUSY, BusyState.TENTATIVE, BusyState.OUT_OF_OFFICE, BusyState.UNKNOWN]
)
def test_whatever_is_not_free_is_in_the_way(state: BusyState) -> None:
    assert reason(timed(NINE, state)) is LookReason.BUSY_EXTERNAL
    assert reason(timed(NINE, BusyState.FREE)) is None


def test_what_only_touches_is_not_in_the_way() -> None:
    assert reason(timed(NINE - 2 * HOUR), timed(NINE + 2 * HOUR)) is None
    nothing = BusyTime(NINE, NINE, BusyState.BUSY)
    assert reason(nothing) is None


def test_the_buffer_is_told_apart_from_the_meeting() -> None:
    assert reason(timed(NINE + HOUR)) is LookReason.BUFFER
    assert reason(timed(NINE + HOUR), timed(NINE)) is LookReason.BUSY_EXTERNAL


def test_entries_of_our_own_do_not_count_but_forged_ones_do() -> None:
    assert reason(timed(NINE, own=OURS)) is None
    assert reason(timed(NINE, own=UUID(int=77))) is LookReason.BUSY_EXTERNAL


def test_a_whole_day_is_that_of_the_host() -> None:
    # 09:00 UTC is 22:00 of the same date in Auckland.
    day = BusyDates(date(2026, 3, 2), date(2026, 3, 3), BusyState.BUSY)
    assert reason(day) is LookReason.ALL_DAY_POLICY
    following = BusyDates(date(2026, 3, 3), date(2026, 3, 4), BusyState.BUSY)
    assert reason(following) is None


def test_a_refusal_names_what_is_in_the_way() -> None:
    refusal = LOOKED.refusal(CALENDAR, [timed(NINE)])
    assert refusal is not None
    (obstacle,) = refusal.obstacles
    assert (obstacle.calendar_id, obstacle.start, obstacle.occurrence_id) == (
        CALENDAR,
        NINE,
        "opaque",
    )
