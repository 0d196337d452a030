from typing import Any
from zoneinfo import ZoneInfo

import pytest
from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.rules import SlotRules, Staleness, WallClockAnchor

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration", 0),
        ("duration", 90),
        ("duration", 86_460),
        ("step", 0),
        ("step", 61),
        ("buffer_before", -60),
        ("buffer_after", 30),
        ("minimum_notice", -60),
        ("horizon_days", -1),
        ("horizon_days", 731),
        ("daily_limit", 0),
        ("blocking", frozenset({BusyState.BUSY})),
        ("blocking", frozenset({BusyState.UNKNOWN})),
        ("blocking", frozenset({BusyState.BUSY, BusyState.UNKNOWN, BusyState.FREE})),
    ],
)
def test_a_wrong_rule_is_named(field: str, value: Any) -> None:
    rules: dict[str, Any] = {"duration": 1800, "step": 900, field: value}
    with pytest.raises(RuleError) as refused:
        SlotRules(**rules)
    assert refused.value.field == field
    assert refused.value.reason


def test_a_negative_bound_is_refused() -> None:
    with pytest.raises(RuleError, match=r"staleness\.bound"):
        Staleness(bound=-1)


def test_an_anchor_lies_within_a_day() -> None:
    with pytest.raises(RuleError, match=r"anchor\.minute"):
        WallClockAnchor(ZoneInfo("UTC"), 1440)


def test_all_but_free_time_blocks_by_default() -> None:
    assert SlotRules(1800, 900).blocking == frozenset(BusyState) - {BusyState.FREE}
