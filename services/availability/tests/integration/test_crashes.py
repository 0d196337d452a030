"""Whenever the process dies, the next one ends where it would have ended without the crash."""

import asyncio
import sys
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from availability.adapters.migrate import migrate
from availability.adapters.tables import host
from availability.entrypoints.cli import run_rebuild
from availability.settings import AvailabilitySettings
from availability_lab.lab import Issuer, create_topics, eventually, settings_for
from availability_lab.wire import open_wire
from availability_lab.workload import Workload
from messaging.database import build_engine
from messaging.tables import inbox
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from stack import Stack
from stack.kafka.broker import KafkaBroker
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.pytest_plugin import unique_name
from stack.readiness import answers_http

pytestmark = pytest.mark.integration

SERVICE = ("-m", "availability")


@pytest_asyncio.fixture
async def settings(
    database: str, kafka: KafkaBroker, issuer: Issuer, require_real_kafka: KafkaBroker
) -> AvailabilitySettings:
    del require_real_kafka
    group = unique_name("availability")
    await create_topics(kafka, group)
    settings = settings_for(dsn=database, kafka=kafka, issuer=issuer, group=group)
    await migrate(settings.postgres)
    return settings


@pytest_asyncio.fixture
async def engine(settings: AvailabilitySettings) -> AsyncGenerator[AsyncEngine]:
    engine = build_engine(settings.postgres, application_name="test")
    yield engine
    await engine.dispose()


def program(
    stack: Stack, settings: AvailabilitySettings, failpoints: str = "", *, port: int
) -> Program:
    return Program(
        name=unique_name("availability"),
        command=Command(
            arguments=(sys.executable, *SERVICE),
            environment=environment(settings, port) | {"FAILPOINTS": failpoints},
        ),
        workspace=stack.workspace,
        ready=None if failpoints else answers_http(f"http://{HOST}:{port}/livez"),
    )


def environment(settings: AvailabilitySettings, port: int) -> dict[str, str]:
    return {
        "AVAILABILITY__KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "AVAILABILITY__KAFKA__SESSION_TIMEOUT_SECONDS": "6",
        "AVAILABILITY__POSTGRES__DSN": settings.postgres.dsn.get_secret_value(),
        "AVAILABILITY__OIDC__ISSUER": settings.oidc.issuer,
        "AVAILABILITY__GROUP": settings.group,
        "AVAILABILITY__HTTP__PORT": str(port),
        "AVAILABILITY__ANNOUNCEMENTS__INTERVAL_SECONDS": "0.05",
    }


@pytest.mark.parametrize(
    "failpoint",
    [
        "projection.after_months",
        "projection.before_commit",
        "consumer.after_commit",
        "announcer.before_commit",
        "relay.after_send",
    ],
)
async def test_a_killed_service_catches_up(
    stack: Stack, settings: AvailabilitySettings, engine: AsyncEngine, failpoint: str
) -> None:
    port = choose_port(None, purpose="availability")
    workload = Workload(7, unique_name("tenant"))
    first, second = workload.records(100), workload.records(100)
    async with open_wire(settings.kafka) as wire:
        await wire.send(first)
        dying = program(stack, settings, f"{failpoint}=kill", port=port)
        await dying.start()

        async def dead() -> bool:
            return not dying.running

        try:
            await eventually(dead, seconds=60)
        finally:
            await dying.stop()
        assert dying.exit_code == -9
        await wire.send(second)
    healthy = program(stack, settings, port=port)
    await healthy.start()
    try:
        ids = {about.id for about, _ in [*first, *second]}
        await quiet_after(engine, len(ids), list(ids))
        assert (await run_rebuild(settings, compared=True)).differences == ()
    finally:
        await healthy.stop()


async def quiet_after(engine: AsyncEngine, count: int, ids: list[object]) -> None:
    """Return when the records are applied and what they changed is announced."""
    applied = select(func.count(inbox.c.event_id.distinct())).where(inbox.c.event_id.in_(ids))
    waiting = text("SELECT (SELECT count(*) FROM host_change) + (SELECT count(*) FROM outbox)")

    async def done() -> bool:
        async with engine.connect() as connection:
            if (await connection.execute(applied)).scalar_one() < count:
                return False
            return (await connection.execute(waiting)).scalar_one() == 0

    await eventually(done, seconds=90)


@pytest.mark.parametrize(
    "failpoint", ["rebuild.before_switch", "rebuild.while_switching", "rebuild.after_switch"]
)
async def test_a_killed_rebuild_leaves_projections_that_answer(
    stack: Stack, settings: AvailabilitySettings, engine: AsyncEngine, failpoint: str
) -> None:
    async with open_wire(settings.kafka) as wire:
        await wire.send(Workload(8, unique_name("tenant")).records(60))
    await run_rebuild(settings)
    killed = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from entente_cli.main import main; main()",
        "rebuild",
        "availability",
        env={**environment(settings, 0), "FAILPOINTS": f"{failpoint}=kill", "PATH": ""},
        cwd=stack.workspace.directory("rebuild"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await killed.wait() == -9
    async with engine.connect() as connection:
        hosts = await connection.execute(select(func.count()).select_from(host))
        assert hosts.scalar_one() >= 4
    assert (await run_rebuild(settings, compared=True)).differences == ()
