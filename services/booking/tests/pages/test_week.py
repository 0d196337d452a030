"""Weeks on the reader's clock, both days of the year on which clocks change included."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from booking.application.ports import FreeSlot, Search
from booking.application.services import Services
from booking.domain.booking import Refusal
from booking.domain.meeting_type import MeetingType
from booking.domain.slot import Slot
from booking.entrypoints.pages.language import Language
from booking.entrypoints.pages.reader import Reader
from booking.entrypoints.pages.week import Week, week_of

pytestmark = pytest.mark.unit

STEP = timedelta(minutes=30)
KIND = MeetingType(
    id=UUID(int=1),
    tenant_id="acme",
    owner="ana",
    slug="intro",
    title="Call",
    duration_minutes=30,
    host_ids=(UUID(int=2),),
    timezone="Europe/Ljubljana",
    horizon_days=60,
    changed_at=datetime(2026, 1, 1, tzinfo=UTC),
)


class Always:
    """Offers every half hour from a moment on."""

    def __init__(self, since: datetime) -> None:
        self._since = since

    async def find(self, search: Search) -> Sequence[FreeSlot]:
        number = (search.window.end - search.window.start) // STEP
        starts = (search.window.start + STEP * n for n in range(number))
        return [
            FreeSlot(slot=Slot(start, start + STEP), host_ids=search.host_ids)
            for start in starts
            if start >= self._since
        ]

    async def why_not(self, search: Search) -> Refusal:
        raise NotImplementedError


async def week(now: datetime, wanted: str | None = None, since: datetime | None = None) -> Week:
    nothing = cast("Any", None)
    services = Services(
        bookings=nothing,
        hosts=nothing,
        meeting_types=nothing,
        calendars=nothing,
        rosters=nothing,
        free_slots=Always(since or now),
        now=lambda: now,
    )
    reader = Reader(Language("en", Locale.parse("en_GB")), ZoneInfo("Europe/Ljubljana"))
    return await week_of(services, KIND, reader, wanted)


async def test_the_day_the_clock_goes_back_has_25_hours() -> None:
    seen = await week(datetime(2026, 10, 20, tzinfo=UTC), "2026-10-22")
    lengths = {day.date: len(day.slots) for day in seen.days}
    assert lengths.pop(date(2026, 10, 25)) == 50
    assert set(lengths.values()) == {48}


async def test_the_day_the_clock_goes_forward_has_23_hours() -> None:
    seen = await week(datetime(2026, 3, 24, tzinfo=UTC), "2026-03-25")
    lengths = {day.date: len(day.slots) for day in seen.days}
    assert lengths.pop(date(2026, 3, 29)) == 46
    assert set(lengths.values()) == {48}


async def test_weeks_lie_between_today_and_the_horizon() -> None:
    # 23:30 UTC: in Ljubljana the next day has begun.
    now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    today = await week(now, "2020-01-01")
    assert (today.first, today.earlier, today.later) == (
        date(2026, 11, 24),
        None,
        date(2026, 12, 1),
    )
    second = await week(now, "2026-11-26")
    assert (second.first, second.earlier) == (date(2026, 11, 26), date(2026, 11, 24))
    last = await week(now, "2099-01-01")
    assert (last.first, last.later) == (date(2027, 1, 23), None)
    assert (await week(now, "soon")).first == today.first


async def test_an_empty_week_knows_the_next_free_day() -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    seen = await week(now, since=datetime(2026, 12, 14, 23, 0, tzinfo=UTC))
    assert seen.is_empty
    assert seen.next_free == date(2026, 12, 15)
    assert (await week(now)).next_free is None
