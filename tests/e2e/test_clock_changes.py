"""A weekly meeting keeps its hour on the wall, and hosts keep theirs, when the clocks change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from entente import Entente
from meetings import Meeting, monday
from people import slots
from platforms import connect_link

pytestmark = pytest.mark.e2e

# Both hemispheres, and a change by half an hour.
ZONES = ["Europe/Paris", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"]
_DAY = timedelta(days=1)


def clock_changes(zone: ZoneInfo) -> Iterator[date]:
    """Return the days of a year to come on which the clocks of a zone change."""
    first = datetime.now(zone).date() + 14 * _DAY
    for day in (first + number * _DAY for number in range(365)):
        before, after = (datetime.combine(d, time(), zone).utcoffset() for d in (day, day + _DAY))
        if before != after:
            yield day


@pytest.mark.parametrize("zone_name", ZONES)
async def test_nine_on_the_wall_is_nine_on_the_wall(entente: Entente, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    host = await entente.host(zone_name)
    weekly = Meeting(uid="standup", start=monday(zone_name, hour=9), weeks=56)
    await connect_link(host, entente.web, weekly)
    changes = list(clock_changes(zone))
    assert len(changes) == 2

    for change in changes:
        begin = datetime.combine(change - change.weekday() * _DAY, time(), zone)
        end = begin + 14 * _DAY
        before, after = (
            Meeting(uid="", start=begin + day * _DAY + timedelta(hours=9)) for day in (0, 7)
        )
        await host.is_busy(before, after, begin=begin, end=end)
        hours = [(begin + day * _DAY, hour) for day in range(14) for hour in range(9, 17)]
        assert await slots([host], begin, end) == [
            (day + timedelta(hours=hour)).astimezone(UTC)
            for day, hour in hours
            if day.weekday() < 5 and (day.weekday(), hour) != (0, 9)
        ]
        (before_utc, _), (after_utc, _) = (*before.spans, *after.spans)
        assert after_utc - before_utc != 7 * _DAY
