"""Worker processes: what they make, and how they end."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from connector.adapters.expansion.pool import ExpansionPool, PoolLimits
from connector.application.expander import Basis, Picture
from connector.domain.horizon import Horizon
from connector.domain.month_picture import BusyTime
from connector.domain.source import FailureKind, Resource, SourceFailure
from connector_lab.feeds import calendar, event

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BASIS = Basis(
    tenant_id="acme",
    horizon=Horizon.at(NOW),
    owner_address="anna@example.com",
    default_zone="Etc/UTC",
    key="basis",
)


def resource(*events: str) -> Resource:
    return Resource(content=calendar(events), media_type="text/calendar")


@pytest_asyncio.fixture(scope="module")
async def pool() -> AsyncGenerator[ExpansionPool]:
    async with ExpansionPool(PoolLimits(workers=1), id_key=b"key") as pool:
        yield pool


async def test_resources_become_one_picture_of_all_months(pool: ExpansionPool) -> None:
    resources = [resource(event("a", NOW)), resource(event("b", NOW, hours=2))]
    picture = await pool.picture(resources, BASIS)
    assert len(picture.months) == 15
    assert picture.entries == 2
    busy = [one for month in picture.months for one in month.busy]
    assert [one.start for one in busy if isinstance(one, BusyTime)] == [NOW, NOW]
    assert await pool.picture(resources[::-1], BASIS) == picture


async def test_what_cannot_be_read_is_no_empty_calendar(pool: ExpansionPool) -> None:
    broken = Resource(content=b"<html>", media_type="text/html")
    with pytest.raises(SourceFailure) as failure:
        await pool.picture([resource(event("a", NOW)), broken], BASIS)
    assert failure.value.kind is FailureKind.INVALID_ANSWER


async def test_what_nobody_foresaw_is_no_empty_calendar_and_harms_no_other() -> None:
    lost = replace(BASIS, default_zone="Europe/Nowhere")
    async with ExpansionPool(PoolLimits(workers=1), id_key=b"key") as pool:
        results = await asyncio.gather(
            *(pool.picture([resource(event("a", NOW))], basis) for basis in (lost, BASIS)),
            return_exceptions=True,
        )
    failure, picture = results
    assert isinstance(failure, SourceFailure)
    assert (failure.kind, failure.detail) == (
        FailureKind.INVALID_ANSWER,
        "connector.icalendar.zones.UnknownZone",
    )
    assert isinstance(picture, Picture)


async def test_a_calendar_that_takes_too_long_harms_no_other() -> None:
    endless = event("e", NOW, more="RRULE:FREQ=DAILY")
    async with ExpansionPool(PoolLimits(workers=1, seconds=1e-6), id_key=b"key") as hasty:
        results = await asyncio.gather(
            *(hasty.picture([resource(endless)], BASIS) for _ in range(2)), return_exceptions=True
        )
    assert all(
        isinstance(result, SourceFailure) and result.kind is FailureKind.TOO_LARGE
        for result in results
    )
