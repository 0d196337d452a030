"""What tests may do to the servers, and what must survive it."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from entente_contracts import Topic
from stack import Stack, StackSettings

pytestmark = pytest.mark.integration

StartStack = Callable[[StackSettings], Awaitable[Stack]]


async def test_committed_rows_survive_an_immediate_restart(private_stack: StartStack) -> None:
    stack = await private_stack(StackSettings(kafka=False))
    dsn = await stack.postgres.create_database("kept")
    await _execute(dsn, "CREATE TABLE booking AS SELECT 1 AS id")

    await stack.postgres.restart(immediate=True)

    assert await _execute(dsn, "SELECT id FROM booking") == 1


async def test_committed_rows_survive_a_kill(private_stack: StartStack) -> None:
    stack = await private_stack(StackSettings(kafka=False))
    dsn = await stack.postgres.create_database("kept")
    await _execute(dsn, "CREATE TABLE booking AS SELECT 1 AS id")

    await stack.postgres.kill()
    with pytest.raises(OSError, match="Connect"):
        await asyncpg.connect(dsn)
    await stack.postgres.start()

    assert await _execute(dsn, "SELECT id FROM booking") == 1


async def test_a_paused_server_is_silent_until_it_is_resumed(private_stack: StartStack) -> None:
    stack = await private_stack(StackSettings(kafka=False))
    dsn = await stack.postgres.create_database("paused")
    stack.postgres.pause()
    with pytest.raises(TimeoutError):
        await asyncpg.connect(dsn, timeout=0.5)
    stack.postgres.resume()
    assert await _execute(dsn, "SELECT 1") == 1


async def test_topics_survive_a_kill_of_the_broker(private_stack: StartStack) -> None:
    stack = await private_stack(StackSettings(postgres=False))
    if not stack.kafka.real:
        pytest.skip("the in-memory Kafka keeps nothing")
    await stack.kafka.create_topics([Topic(name="kept", key="id", cleanup="compact")])
    address = stack.kafka.bootstrap_servers

    await stack.kafka.kill()
    assert await stack.kafka.missing()
    await stack.kafka.start()

    assert stack.kafka.bootstrap_servers == address
    assert await stack.kafka.topics() == {"kept"}


async def _execute(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
