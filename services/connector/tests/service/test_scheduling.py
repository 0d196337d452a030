"""Due calendars are handed out to one worker at a time, however many ask."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from connector.adapters.postgres.leases import Leases, LeaseTerms
from connector.adapters.postgres.migrate import migrate
from connector.adapters.postgres.sync_states import DUE_CHANNEL
from connector.domain.sync_state import Lease
from connector.entrypoints.scheduler import Scheduler
from messaging.database import Sessions, build_engine, build_sessions
from messaging.settings import PostgresSettings
from pydantic import SecretStr
from sqlalchemy import text

pytestmark = pytest.mark.integration


@pytest.fixture
def postgres_settings(database: str) -> PostgresSettings:
    return PostgresSettings(dsn=SecretStr(database))


@pytest_asyncio.fixture
async def sessions(postgres_settings: PostgresSettings) -> AsyncGenerator[Sessions]:
    await migrate(postgres_settings)
    engine = build_engine(postgres_settings, application_name="tests")
    yield build_sessions(engine)
    await engine.dispose()


async def run(sessions: Sessions, statement: str, **values: Any) -> None:
    async with sessions.begin() as session:
        await session.execute(text(statement), values)


async def until_cancelled(_: Lease) -> None:
    await asyncio.Event().wait()


async def due_calendars(sessions: Sessions, count: int, *, server: str = "a:443") -> list[UUID]:
    ids = [uuid4() for _ in range(count)]
    host, connection = uuid4(), uuid4()
    await run(
        sessions,
        "INSERT INTO host VALUES (:id, 'acme', 'o', 'o@example.com', 'Etc/UTC', true, 1)",
        id=host,
    )
    await run(
        sessions,
        "INSERT INTO connection VALUES (:id, 'acme', :host, 'o', 'ics', :server, :print,"
        " 'connected', NULL, NULL, 1, now())",
        id=connection,
        host=host,
        server=server,
        print=str(connection),
    )
    for calendar_id in ids:
        await run(
            sessions,
            "INSERT INTO calendar VALUES (:id, 'acme', :connection, :host, 'ics', :remote, 'n',"
            " NULL, '{}', true, true, false, 'connected', NULL, 1, now())",
            id=calendar_id,
            connection=connection,
            host=host,
            remote=str(calendar_id),
        )
        await run(
            sessions,
            "INSERT INTO calendar_sync (calendar_id, tenant_id, server, next_sync_at)"
            " VALUES (:id, 'acme', :server, now() - interval '1 second')",
            id=calendar_id,
            server=server,
        )
    return ids


async def test_two_schedulers_never_sync_one_calendar_at_once(
    sessions: Sessions, postgres_settings: PostgresSettings
) -> None:
    ids = await due_calendars(sessions, 12)
    under_way: set[UUID] = set()
    done: list[UUID] = []
    overlaps: list[UUID] = []
    enough = asyncio.Event()

    async def sync(lease: Lease) -> None:
        if lease.calendar_id in under_way:
            overlaps.append(lease.calendar_id)
        under_way.add(lease.calendar_id)
        await asyncio.sleep(0.02)
        under_way.discard(lease.calendar_id)
        done.append(lease.calendar_id)
        if len(done) >= 60 and set(done) == set(ids):
            enough.set()
        await run(
            sessions,
            "UPDATE calendar_sync SET lease = NULL, lease_until = NULL, next_sync_at = now()"
            " WHERE calendar_id = :id AND lease = :token",
            id=lease.calendar_id,
            token=lease.token,
        )

    leases = [Leases(sessions, LeaseTerms(per_server=100)) for _ in range(2)]
    tasks = [
        asyncio.create_task(
            Scheduler(
                each, sync, postgres=postgres_settings, channel=DUE_CHANNEL, concurrency=8
            ).run()
        )
        for each in leases
    ]
    async with asyncio.timeout(30):
        await enough.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert overlaps == []


async def test_a_lease_that_ends_is_handed_out_anew_under_another_token(
    sessions: Sessions,
) -> None:
    (calendar_id,) = await due_calendars(sessions, 1)
    leases = Leases(sessions, LeaseTerms(length=timedelta(seconds=0.3)))
    (first,) = await leases.claim(5)
    assert await leases.claim(5) == []
    await asyncio.sleep(0.4)
    (second,) = await leases.claim(5)
    assert first.calendar_id == second.calendar_id == calendar_id
    assert first.token != second.token


async def test_what_failed_has_longer_the_next_time(sessions: Sessions) -> None:
    (calendar_id,) = await due_calendars(sessions, 1)
    leases = Leases(sessions, LeaseTerms(length=timedelta(minutes=3), doublings=2))
    lengths: list[timedelta] = []
    for failures in (0, 1, 2, 9_999):
        await run(
            sessions,
            "UPDATE calendar_sync SET lease = NULL, next_sync_at = now(), failures = :failures"
            " WHERE calendar_id = :id",
            id=calendar_id,
            failures=failures,
        )
        (lease,) = await leases.claim(5)
        lengths.append(lease.length)
        assert lease.for_reading < lease.length
    assert lengths == [timedelta(minutes=minutes) for minutes in (3, 6, 12, 12)]


async def test_a_scheduler_that_stops_gives_back_what_it_did_not_finish(
    sessions: Sessions, postgres_settings: PostgresSettings
) -> None:
    await due_calendars(sessions, 2)
    leases = Leases(sessions, LeaseTerms())
    begun = asyncio.Event()

    async def sync(_: Lease) -> None:
        begun.set()
        await asyncio.Event().wait()

    scheduler = Scheduler(
        leases, sync, postgres=postgres_settings, channel=DUE_CHANNEL, concurrency=1
    )
    running = asyncio.create_task(scheduler.run())
    await begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(await leases.claim(5)) == 2


class StoppedWhileClaiming(Leases):
    """Has the scheduler stopped once a claim is committed: before it hears of it, or just then."""

    running: asyncio.Task[None]
    seconds_to_hear = 0.0

    async def claim(self, most: int) -> Sequence[Lease]:
        claimed = await super().claim(most)
        self.running.cancel()
        if self.seconds_to_hear:
            await asyncio.sleep(self.seconds_to_hear)
        return claimed


@pytest.mark.parametrize("seconds_to_hear", [0.0, 0.1])
async def test_a_scheduler_that_stops_gives_back_what_it_had_only_claimed(
    sessions: Sessions, postgres_settings: PostgresSettings, seconds_to_hear: float
) -> None:
    await due_calendars(sessions, 2)
    leases = StoppedWhileClaiming(sessions, LeaseTerms())
    leases.seconds_to_hear = seconds_to_hear
    scheduler = Scheduler(
        leases, until_cancelled, postgres=postgres_settings, channel=DUE_CHANNEL, concurrency=2
    )
    leases.running = asyncio.create_task(scheduler.run())
    await asyncio.gather(leases.running, return_exceptions=True)
    assert len(await Leases(sessions, LeaseTerms()).claim(5)) == 2


@pytest.mark.parametrize("steps_apart", range(5))
async def test_a_scheduler_that_is_woken_just_as_it_stops_stops(
    sessions: Sessions, postgres_settings: PostgresSettings, steps_apart: int
) -> None:
    await due_calendars(sessions, 1)

    async def stop() -> None:
        for _ in range(steps_apart):
            await asyncio.sleep(0)
        running.cancel()

    async def sync(_: Lease) -> None:
        await asyncio.sleep(0.1)  # meanwhile the scheduler falls asleep; the end of this wakes it
        stopping.append(asyncio.create_task(stop()))

    stopping: list[asyncio.Task[None]] = []
    scheduler = Scheduler(
        Leases(sessions, LeaseTerms()),
        sync,
        postgres=postgres_settings,
        channel=DUE_CHANNEL,
        concurrency=1,
    )
    running = asyncio.create_task(scheduler.run())
    await asyncio.wait([running], timeout=10)
    assert running.done()


async def test_one_server_is_not_asked_by_everyone_at_once(sessions: Sessions) -> None:
    await due_calendars(sessions, 5, server="slow:443")
    await due_calendars(sessions, 2, server="other:443")
    leases = Leases(sessions, LeaseTerms(per_server=2))
    claimed = await asyncio.gather(*(leases.claim(10) for _ in range(3)))
    assert sum(map(len, claimed)) == 4
    assert await leases.claim(10) == []
