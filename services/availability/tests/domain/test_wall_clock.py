from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from availability.domain.errors import RuleError
from availability.domain.wall_clock import (
    DAY,
    day_end,
    day_of,
    day_start,
    instants,
    local_day,
    stretches,
    zone_named,
)
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def wall(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def extent(zone: str, day: str) -> tuple[int, int]:
    number = day_of(date.fromisoformat(day))
    return day_start(ZoneInfo(zone), number), day_end(ZoneInfo(zone), number)


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00Z", 23),
        ("Europe/Paris", "2026-10-25", "2026-10-24T22:00Z", 25),
        ("Australia/Sydney", "2026-10-04", "2026-10-03T14:00Z", 23),
        ("Australia/Sydney", "2026-04-05", "2026-04-04T13:00Z", 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30Z", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z", 24.5),
        # Midnight does not exist: the day begins at 01:00.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", 23),
        ("Asia/Beirut", "2024-03-31", "2024-03-30T22:00Z", 23),
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00Z", 23),
        # 23:00 to 24:00 is lived twice, and belongs to the day before midnight.
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00Z", 25),
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00Z", 24),
        # Clocks went back from 00:01 to 23:01: both days hold the repeated hour.
        ("America/St_Johns", "2010-11-06", "2010-11-06T02:30Z", 25),
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30Z", 25),
    ],
)
def test_a_local_day_is_as_long_as_it_was_lived(
    zone: str, day: str, start: str, hours: float
) -> None:
    begin, end = extent(zone, day)
    assert begin == at(start)
    assert (end - begin) / 3600 == hours


def test_a_day_that_a_zone_skipped_has_no_time() -> None:
    begin, end = extent("Pacific/Apia", "2011-12-30")
    assert begin == end == at("2011-12-30T10:00Z")


def test_skipped_wall_time_has_no_instant() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert instants(paris, (wall("2026-03-29T02:00"), wall("2026-03-29T03:00"))) == []


def test_repeated_wall_time_has_two() -> None:
    new_york = ZoneInfo("America/New_York")
    assert instants(new_york, (wall("2026-11-01T01:30"), wall("2026-11-01T02:00"))) == [
        (at("2026-11-01T05:30Z"), at("2026-11-01T06:00Z")),
        (at("2026-11-01T06:30Z"), at("2026-11-01T07:00Z")),
    ]


ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Paris",
        "America/New_York",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kolkata",
        "Africa/Casablanca",
    )
]


@given(st.sampled_from(ZONES), st.integers(at("2005-01-01T00:00Z"), at("2030-01-01T00:00Z")))
def test_stretches_agree_with_the_zone_database(zone: ZoneInfo, instant: int) -> None:
    day = instant // DAY
    (found,) = [it for it in stretches(zone, day - 3, day + 4) if it.start <= instant < it.end]
    shown = datetime.fromtimestamp(instant, zone).replace(tzinfo=UTC).timestamp()
    assert instant + found.offset == shown
    assert (instant, instant + 1) in instants(zone, (int(shown), int(shown) + 1))
    assert local_day(zone, instant) == shown // DAY
    assert day_start(zone, local_day(zone, instant)) <= instant
    assert instant < day_end(zone, local_day(zone, instant))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "America"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(RuleError):
        zone_named(name)
