from datetime import date

import pytest
from bench.busy import merged
from bench.peers import recurring
from bench.suite import WrongAnswerError
from bench.suites import expand
from bench.suites.expand import Ages, Calendar, gate
from connector_lab.sample_calendar import WINDOW, build_calendar

pytestmark = pytest.mark.unit

SPAN = (int(WINDOW.start.timestamp()), int(WINDOW.end.timestamp()))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    content = build_calendar(1, series_begin=date(2026, 1, 1))
    return Calendar(content, merged(recurring.expand(content, SPAN), SPAN))


def test_our_answer_passes(calendar: Calendar) -> None:
    gate([Ages(calendar, calendar, calendar)], [(calendar, expand.ours(calendar.content, SPAN))])


def test_a_missing_interval_is_wrong(calendar: Calendar) -> None:
    found = expand.ours(calendar.content, SPAN)
    with pytest.raises(WrongAnswerError, match="intervals, should be"):
        gate([Ages(calendar, calendar, calendar)], [(calendar, found[::2])])


def test_a_missing_calendar_is_wrong(calendar: Calendar) -> None:
    with pytest.raises(WrongAnswerError, match="0 calendars of 1"):
        gate([Ages(calendar, calendar, calendar)], [])
