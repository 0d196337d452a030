from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from entente_contracts import (
    AllDayOccurrence,
    BusyState,
    CalendarChanged,
    Occurrence,
    TimedOccurrence,
    decode,
    encode,
)
from entente_contracts.busy import month_dates
from pydantic import ValidationError

pytestmark = pytest.mark.unit

MONTH_START = datetime(2026, 12, 1, tzinfo=UTC)
MONTH_END = datetime(2027, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def month_of(*occurrences: Occurrence) -> CalendarChanged:
    return CalendarChanged(
        tenant_id="acme",
        calendar_id=UUID(int=1),
        host_id=UUID(int=2),
        month="2026-12",
        revision=1,
        as_of=MONTH_START,
        occurrences=occurrences,
    )


def timed(start: datetime, end: datetime) -> TimedOccurrence:
    return TimedOccurrence(id="a", start=start, end=end, state=BusyState.BUSY)


def all_day(start: date, end: date) -> AllDayOccurrence:
    return AllDayOccurrence(id="b", start_date=start, end_date=end, state=BusyState.BUSY)


def test_a_whole_month_fits_both_ways() -> None:
    changed = month_of(timed(MONTH_START, MONTH_END), all_day(date(2026, 12, 1), date(2027, 1, 1)))
    assert decode(changed.type, encode(changed)) == changed


@pytest.mark.parametrize(
    "occurrence",
    [
        timed(MONTH_START - SECOND, MONTH_END),
        timed(MONTH_START, MONTH_END + SECOND),
        all_day(date(2026, 11, 30), date(2026, 12, 2)),
        all_day(date(2026, 12, 31), date(2027, 1, 2)),
    ],
)
def test_an_occurrence_that_is_not_clipped_is_refused(occurrence: Occurrence) -> None:
    with pytest.raises(ValidationError, match="not clipped"):
        month_of(occurrence)


def test_days_end_after_they_start() -> None:
    with pytest.raises(ValidationError, match="later date"):
        all_day(date(2026, 12, 1), date(2026, 12, 1))


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-01", "2026-00", "9999-12", "0000-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    value = encode(month_of()).replace(b"2026-12", month.encode(), 1)
    with pytest.raises(ValidationError):
        decode(CalendarChanged.type, value)


def test_a_kind_of_occurrence_nobody_agreed_on_is_refused() -> None:
    value = encode(month_of(timed(MONTH_START, MONTH_END))).replace(b'"timed"', b'"someday"')
    with pytest.raises(ValidationError, match="kind"):
        decode(CalendarChanged.type, value)


def test_a_state_nobody_knows_yet_is_kept_and_is_not_free() -> None:
    value = encode(month_of(timed(MONTH_START, MONTH_END))).replace(b'"busy"', b'"napping"')
    changed = decode(CalendarChanged.type, value)
    assert isinstance(changed, CalendarChanged)
    state = changed.occurrences[0].state
    assert state == "napping"
    assert not state.is_known
    assert state is not BusyState.FREE


@pytest.mark.parametrize(
    ("month", "dates"),
    [
        ("2026-12", (date(2026, 12, 1), date(2027, 1, 1))),
        ("2028-02", (date(2028, 2, 1), date(2028, 3, 1))),
    ],
)
def test_a_month_reaches_to_the_first_of_the_next(month: str, dates: tuple[date, date]) -> None:
    assert month_dates(month) == dates
