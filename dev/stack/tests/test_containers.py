"""PostgreSQL and Kafka in containers: chosen when asked for, and as breakable as processes."""

import os
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import docker
import pytest
from entente_contracts import topics
from stack import Stack, StackSettings
from stack.kafka.choice import choose_kafka
from stack.kafka.container import IMAGE as KAFKA
from stack.kafka.container import ContainerKafka
from stack.postgres.choice import choose_postgres
from stack.postgres.container import IMAGE as POSTGRES
from stack.postgres.container import ContainerPostgres
from stack.server_container import OWNER
from stack.workspace import Workspace

IN_CONTAINERS = StackSettings(containers=True, given_postgres=None, given_kafka=None)


@pytest.fixture
def engine() -> Any:
    """Return a client of the engine, where it has the images; skip where it has not."""
    if lacks := missing():
        if os.environ.get("ENTENTE_CONTAINERS") == "required":
            pytest.fail(lacks)
        pytest.skip(lacks)
    engine = docker.from_env()
    yield engine
    engine.close()


def missing() -> str | None:
    images = [os.environ.get(image.variable, image.made_here) for image in (POSTGRES, KAFKA)]
    try:
        subprocess.run(["docker", "image", "inspect", *images], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"needs a Docker engine and what `make images` builds: {error}"
    return None


@pytest.mark.unit
async def test_containers_are_used_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTENTE_STACK", "containers")
    settings = StackSettings(given_postgres=None, given_kafka=None)
    workspace = Workspace.create(tmp_path)
    notices: list[str] = []

    assert isinstance(choose_postgres(settings, workspace), ContainerPostgres)
    assert isinstance(await choose_kafka(settings, workspace, notices.append), ContainerKafka)
    assert notices == []


@pytest.mark.containers
async def test_data_survive_a_crash_and_go_with_the_stack(
    engine: Any, private_stack: Callable[[StackSettings], Awaitable[Stack]]
) -> None:
    stack = await private_stack(IN_CONTAINERS)
    owned = {"label": f"{OWNER}={stack.workspace.path}"}
    dsn = await stack.postgres.create_database("kept")
    await stack.kafka.create_topics([topics.HOST_EVENTS])

    await stack.postgres.kill()
    await stack.kafka.kill()
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await asyncpg.connect(dsn, timeout=5)
    await stack.postgres.start()
    await stack.kafka.start()
    await stack.postgres.restart(immediate=True)

    await (await asyncpg.connect(dsn)).close()
    assert await stack.kafka.topics() == {topics.HOST_EVENTS.name}
    assert len(engine.containers.list(filters=owned)) == 2
    await stack.__aexit__(None, None, None)
    assert engine.containers.list(all=True, filters=owned) == []


@pytest.mark.containers
async def test_what_a_crashed_stack_left_is_removed_by_the_next(
    engine: Any,
    private_stack: Callable[[StackSettings], Awaitable[Stack]],
    tmp_path: Path,
) -> None:
    gone = {OWNER: str(tmp_path / "gone")}
    left = engine.containers.create(POSTGRES.made_here, labels=gone)
    await private_stack(StackSettings(containers=True, given_postgres=None, kafka=False))
    assert engine.containers.list(all=True, filters={"label": f"{OWNER}={gone[OWNER]}"}) == []
    assert left.id not in {one.id for one in engine.containers.list(all=True)}
