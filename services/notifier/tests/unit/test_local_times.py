from datetime import UTC, datetime, timedelta

import pytest
from notifier.adapters.local_times import LocalTimes
from notifier.domain.slot import Slot

pytestmark = pytest.mark.unit

DASH = "\N{EN DASH}"


def at(moment: str, minutes: int = 30) -> Slot:
    start = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return Slot(start, start + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("moment", "zone", "time", "offset"),
    [
        ("2026-03-29T00:30", "Europe/Ljubljana", f"01:30{DASH}03:30", "Ljubljana, GMT+01:00"),
        ("2026-10-25T00:30", "Europe/Ljubljana", f"02:30{DASH}02:30", "Ljubljana, GMT+02:00"),
        ("2026-01-10T12:00", "Asia/Kolkata", f"17:30{DASH}18:30", "Kolkata, GMT+05:30"),
        ("2026-01-10T12:00", "UTC", f"12:00{DASH}13:00", "GMT+00:00"),
        ("2026-01-10T12:00", "Etc/GMT+5", f"07:00{DASH}08:00", "GMT-05:00"),
        ("2026-01-10T12:00", "Mars/Olympus", f"12:00{DASH}13:00", "GMT+00:00"),
        ("2026-01-10T12:00", "../etc/passwd", f"12:00{DASH}13:00", "GMT+00:00"),
    ],
)
def test_the_wall_clock_of_the_zone_on_that_day_counts(
    moment: str, zone: str, time: str, offset: str
) -> None:
    view = LocalTimes(zone, "en", "en").slot(at(moment, 60))
    assert (view.time, view.zone) == (time, offset)


def test_a_meeting_past_midnight_names_both_days() -> None:
    view = LocalTimes("Europe/Paris", "fr", "fr").slot(at("2026-03-10T22:30", 60))
    assert view.line == (
        f"mardi 10 mars 2026, 23:30{DASH}mercredi 11 mars 2026, 00:30 (Paris, UTC+01:00)"
    )


@pytest.mark.parametrize(
    ("locale", "language", "short"),
    [
        ("en", "en", "10 Mar 2026, 14:00"),
        ("en-US", "en", "Mar 10, 2026, 2:00\N{NARROW NO-BREAK SPACE}PM"),
        ("sl", "sl", "10. mar. 2026, 14:00"),
        ("de-AT", "en", "10 Mar 2026, 14:00"),
    ],
)
def test_a_region_brings_its_habits_along(locale: str, language: str, short: str) -> None:
    times = LocalTimes("Europe/Ljubljana", locale, language)
    assert times.short(at("2026-03-10T13:00")) == short
