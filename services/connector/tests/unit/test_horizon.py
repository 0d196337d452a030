from datetime import UTC, datetime, timedelta, timezone

import pytest
from connector.domain.horizon import Horizon

pytestmark = pytest.mark.unit


def test_it_reaches_from_last_month_to_thirteen_months_ahead() -> None:
    horizon = Horizon.at(datetime(2026, 11, 21, tzinfo=UTC))
    assert (str(horizon.first), str(horizon.last)) == ("2026-10", "2027-12")
    assert horizon.window.start == datetime(2026, 10, 1, tzinfo=UTC)
    assert horizon.window.end == datetime(2028, 1, 1, tzinfo=UTC)


def test_it_turns_with_the_month_in_utc() -> None:
    in_tokyo = datetime(2027, 1, 1, 3, tzinfo=timezone(timedelta(hours=9)))
    assert str(Horizon.at(in_tokyo).first) == "2026-11"
