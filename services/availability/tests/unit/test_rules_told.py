"""Rules as requests write them."""

from typing import Any

import pytest
from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.rules import AllDayPolicy, Staleness, StalePolicy
from availability.domain.working_hours import Hours
from availability.entrypoints.http.rules import RulesTold
from msgspec import ValidationError, convert

pytestmark = pytest.mark.unit

LEAST: dict[str, Any] = {"duration": 1800, "step": 900}


def told(**more: Any) -> RulesTold:
    return convert(LEAST | more, RulesTold)


def test_the_least_is_a_duration_and_a_step() -> None:
    rules = told().read()
    assert (rules.duration, rules.step) == (1800, 900)
    assert rules.anchor is None
    assert rules.hours is None


def test_everything_can_be_told() -> None:
    rules = told(
        buffer_before=300,
        buffer_after=600,
        minimum_notice=3600,
        horizon_days=30,
        daily_limit=4,
        staleness={"bound": 60, "policy": "block"},
        blocking=["busy", "unknown"],
        all_day="only_away",
        anchor={"zone": "Europe/Ljubljana", "minute": 15},
        hours={
            "weekly": [{"weekday": 7, "hours": [{"start": "09:00", "end": "24:00"}]}],
            "overrides": [{"day": "2026-12-24", "hours": []}],
        },
    ).read()
    assert (rules.buffer_before, rules.buffer_after, rules.minimum_notice) == (300, 600, 3600)
    assert (rules.horizon_days, rules.daily_limit) == (30, 4)
    assert rules.staleness == Staleness(60, StalePolicy.BLOCK)
    assert rules.blocking == {BusyState.BUSY, BusyState.UNKNOWN}
    assert rules.all_day is AllDayPolicy.ONLY_AWAY
    assert rules.anchor is not None
    assert (rules.anchor.zone.key, rules.anchor.minute) == ("Europe/Ljubljana", 15)
    assert rules.hours is not None
    assert rules.hours.weekly[6] == (Hours(540, 1440),)
    assert rules.hours.overrides[0].hours == ()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"duration": 90}, "duration"),
        ({"blocking": ["busy"]}, "blocking"),
        ({"daily_limit": 0}, "daily_limit"),
        ({"anchor": {"zone": "Europe/Atlantis"}}, "anchor.zone"),
        (
            {"hours": {"weekly": [{"weekday": 1, "hours": [{"start": "10:00", "end": "09:00"}]}]}},
            "hours",
        ),
        (
            {
                "hours": {
                    "weekly": [
                        {"weekday": 2, "hours": [{"start": "09:00", "end": "11:00"}]},
                        {"weekday": 2, "hours": [{"start": "10:00", "end": "12:00"}]},
                    ]
                }
            },
            "hours.weekly[1]",
        ),
    ],
)
def test_a_refusal_names_the_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleError) as refused:
        told(**more).read()
    assert refused.value.field == field


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="bufer_before"):
        told(bufer_before=300)
