"""Our periods against dateutil, and our whole engine against recurring-ical-events."""

import datetime as dt
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import dateutil.rrule
import icalendar
import pytest
import recurring_ical_events
from connector.domain.limits import Limits, Work
from connector.domain.occurrence import TimedOccurrence
from connector.domain.recurrence_days import days_between
from connector.domain.recurrence_times import times_between
from connector.domain.window import Window
from connector.icalendar.expand import expand
from connector.icalendar.recurrence_text import parse_rule
from connector_lab.sample_calendar import WINDOW, build_calendar
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ENOUGH = Limits(work=10**8, work_per_series=10**8)


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=4, unique=True).map(
        lambda found: ",".join(map(str, found))
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw whole-day rules, leaving out two forms that dateutil reads against RFC 5545.

    It intersects numbered and plain weekdays of one BYDAY, and begins the first week of a weekly
    rule with BYSETPOS at DTSTART instead of WKST.
    """
    if draw(st.integers(0, 9)) == 0:
        weeks = draw(several(st.sampled_from((1, 2, 20, 52, 53, -1, -53))))
        return f"FREQ=YEARLY;BYWEEKNO={weeks};BYDAY={draw(several(st.sampled_from(DAYS)))}"
    if draw(st.integers(0, 9)) == 0:
        days = draw(several(st.sampled_from((1, 60, 200, 366, -1, -60, -366))))
        return f"FREQ=YEARLY;BYYEARDAY={days};INTERVAL={draw(st.integers(1, 5))}"
    frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    if draw(st.booleans()):
        parts.append("BYMONTH=" + draw(several(st.integers(1, 12))))
    if frequency != "WEEKLY" and draw(st.booleans()):
        day = st.one_of(st.integers(1, 31), st.integers(-31, -1))
        parts.append("BYMONTHDAY=" + draw(several(day)))
    if draw(st.booleans()):
        weekday = st.sampled_from(DAYS)
        if frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
            ordinal = st.sampled_from(("1", "2", "3", "4", "5", "-1", "-2", "-5"))
            weekday = st.tuples(ordinal, weekday).map("".join)
        parts.append("BYDAY=" + draw(several(weekday)))
    if frequency != "WEEKLY" and len(parts) > 2 and draw(st.booleans()):
        position = st.sampled_from((1, 2, 3, -1, -2))
        parts.append("BYSETPOS=" + draw(several(position)))
    if draw(st.booleans()):
        parts.append("WKST=" + draw(st.sampled_from(DAYS)))
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    return ";".join(parts)


@contextmanager
def dateutil_until_2030() -> Generator[None]:
    """Let dateutil give up in 2030: a rule that finds nothing is walked to the year 9999."""
    limited = SimpleNamespace(**{**vars(dt), "MAXYEAR": 2030})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dateutil.rrule, "datetime", limited)
        yield


@settings(deadline=None)
@given(
    rule=rules(),
    first=st.dates(date(2015, 1, 1), date(2026, 6, 1)),
    low=st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    span=st.integers(0, 200),
)
def test_periods_pick_the_days_that_dateutil_walks_to(
    rule: str, first: date, low: date, span: int
) -> None:
    high = low + timedelta(days=span)
    begin, end = datetime.combine(low, time.min), datetime.combine(high, time.min)
    with dateutil_until_2030():
        walked: Any = rrulestr(rule, dtstart=datetime.combine(first, time.min))
        expected = [start.date() for start in walked.between(begin, end, inc=True)]
    found = days_between(parse_rule(rule), first, low.toordinal(), high.toordinal(), Work(ENOUGH))
    assert [date.fromordinal(day) for day in found] == expected


@st.composite
def clock_rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(("WEEKLY", "DAILY", "HOURLY", "MINUTELY")))
    least = 45 if frequency == "MINUTELY" else 1
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(least, least + 30))}"]
    for part, values in (
        ("BYHOUR", st.integers(0, 23)),
        ("BYMINUTE", st.integers(0, 59)),
        ("BYDAY", st.sampled_from(DAYS)),
        ("BYMONTH", st.integers(1, 12)),
        ("COUNT", st.integers(1, 20)),
    ):
        if draw(st.booleans()):
            parts.append(f"{part}={draw(values if part == 'COUNT' else several(values))}")
    if frequency != "WEEKLY" and "BYMINUTE" in "".join(parts) and draw(st.booleans()):
        parts.append("BYSETPOS=-1")
    return ";".join(parts)


@settings(deadline=None)
@given(
    rule=clock_rules(),
    first=st.datetimes(datetime(2025, 11, 1), datetime(2026, 4, 1)),  # noqa: DTZ001  # wall clock
    days=st.integers(0, 40),
)
def test_times_are_those_that_dateutil_walks_to(rule: str, first: datetime, days: int) -> None:
    first = first.replace(microsecond=0)
    low = datetime(2026, 2, 15)  # noqa: DTZ001  # wall clock
    high = low + timedelta(days=days)
    with dateutil_until_2030():
        try:
            walked: Any = rrulestr(rule, dtstart=first)
            expected = walked.between(low, high, inc=True)
        except ValueError:  # how dateutil says that some rules can never find anything
            expected = []
    assert list(times_between(parse_rule(rule), first, low, high, Work(ENOUGH))) == expected


@st.composite
def series(draw: st.DrawFn) -> str:
    """Draw a series of half an hour with exceptions by EXDATE, RDATE and RECURRENCE-ID."""
    zone = draw(st.sampled_from(("Europe/Paris", "America/New_York", "Australia/Lord_Howe")))
    first = draw(st.datetimes(datetime(2025, 6, 1), datetime(2026, 4, 1)))  # noqa: DTZ001  # wall clock
    first = first.replace(second=0, microsecond=0)

    def at(days: int, hours: int = 0) -> str:
        return f"{first + timedelta(days=days, hours=hours):%Y%m%dT%H%M%S}"

    day = st.integers(0, 300)
    master = ["UID:one", f"DTSTART;TZID={zone}:{at(0)}", "DURATION:PT30M", f"RRULE:{draw(rules())}"]
    for name in ("EXDATE", "RDATE"):
        if draw(st.booleans()):
            stamps = ",".join(at(days) for days in draw(st.lists(day, min_size=1, max_size=6)))
            master.append(f"{name};TZID={zone}:{stamps}")
    events = [master]
    for days in draw(st.lists(day, max_size=3, unique=True)):
        moved = at(days, draw(st.integers(-72, 72)))
        original = f"RECURRENCE-ID;TZID={zone}:{at(days)}"
        events.append(["UID:one", original, f"DTSTART;TZID={zone}:{moved}", "DURATION:PT15M"])
    lines = [line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")]
    return "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(deadline=None)
@given(series())
def test_series_with_exceptions_is_the_same_in_both_engines(text: str) -> None:
    window = Window(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    with dateutil_until_2030():
        query: Any = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
        expected = {
            (event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC))
            for event in query.between(window.start, window.end)
        }
    expansion = expand(text.encode(), window, owner_addresses=frozenset(), default_zone="UTC")
    found = {
        (one.start, one.end) for one in expansion.occurrences if isinstance(one, TimedOccurrence)
    }
    assert {one for one in found if window.covers(*one)} == {
        one for one in expected if window.covers(*one)
    }


@pytest.mark.parametrize("seed", [2026, 7])
def test_sample_calendar_has_the_same_busy_times_in_both_engines(seed: int) -> None:
    body = build_calendar(seed)
    assert body.count(b"BEGIN:VEVENT") == 590
    expansion = expand(body, WINDOW, owner_addresses=frozenset(), default_zone="UTC")
    parsed: Any = icalendar.Calendar.from_ical(body)
    events: list[Any] = recurring_ical_events.of(parsed).between(WINDOW.start, WINDOW.end)
    expected = sorted(
        (event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)) for event in events
    )
    found = [
        (one.start, one.end) for one in expansion.occurrences if isinstance(one, TimedOccurrence)
    ]
    assert len(expected) > 700
    assert sorted(found) == expected
    assert expansion.broken == ()


def test_age_of_a_series_does_not_change_the_work() -> None:
    def spent(begin: date) -> int:
        work = CountingWork(ENOUGH)
        parsed = parse_rule("FREQ=MONTHLY;BYDAY=2TU")
        window = (date(2026, 3, 1).toordinal(), date(2026, 5, 1).toordinal())
        assert len(list(days_between(parsed, begin, *window, work))) == 2
        return work.spent

    assert spent(date(1996, 1, 9)) == spent(date(2026, 1, 13))


class CountingWork(Work):
    spent = 0

    def spend(self, steps: int) -> None:
        super().spend(steps)
        self.spent += steps
