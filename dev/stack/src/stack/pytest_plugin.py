"""Fixtures for tests against real servers; one stack per test run, each server on first use.

What is imported here is paid for by every test run, so the stack itself is imported by the first
fixture that needs it.
"""

# ruff: noqa: PLC0415 - see the module's docstring
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from stack.kafka.broker import KafkaBroker
    from stack.mail import MailCatcher
    from stack.postgres.server import PostgresServer
    from stack.settings import StackSettings
    from stack.stack import Stack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def empty_stack() -> "AsyncGenerator[Stack]":
    """Yield the test run's stack, with nothing started yet."""
    from stack.settings import StackSettings
    from stack.stack import Stack

    async with Stack(StackSettings(postgres=False, kafka=False)) as stack:
        yield stack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(empty_stack: "Stack") -> "PostgresServer":
    """Return the test run's PostgreSQL server. Do not break it: see `private_stack`."""
    return await empty_stack.start_postgres()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka(empty_stack: "Stack") -> "KafkaBroker":
    """Return the test run's Kafka broker. Do not break it: see `private_stack`."""
    return await empty_stack.start_kafka()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mail(empty_stack: "Stack") -> "MailCatcher":
    """Return the test run's mail catcher; its mail is that of all tests."""
    return await empty_stack.start_mail()


@pytest.fixture(scope="session")
def stack(
    empty_stack: "Stack",
    postgres: "PostgresServer",  # noqa: ARG001 - asked for so that it runs
    kafka: "KafkaBroker",  # noqa: ARG001 - asked for so that it runs
) -> "Stack":
    """Return the test run's stack with PostgreSQL and Kafka running."""
    return empty_stack


@pytest_asyncio.fixture(loop_scope="session")
async def database(postgres: "PostgresServer") -> AsyncGenerator[str]:
    """Yield the address of a fresh database, dropped after the test."""
    name = unique_name("test")
    yield await postgres.create_database(name)
    await postgres.drop_database(name)


@pytest.fixture
def topic_prefix() -> str:
    """Return what no other test's topics and groups begin with."""
    return unique_name("test") + "."


@pytest_asyncio.fixture(loop_scope="session")
async def require_real_kafka(kafka: "KafkaBroker") -> "KafkaBroker":
    """Return the broker if it keeps records and balances groups; skip, or fail in CI, if not."""
    if not kafka.real:
        _cannot("needs a real Kafka; only the in-memory one can be had here (no Java 17 with mvn)")
    return kafka


@pytest_asyncio.fixture(loop_scope="session")
async def private_stack() -> "AsyncGenerator[Callable[[StackSettings], Awaitable[Stack]]]":
    """Yield a function that starts a stack of the test's own, to be broken; stopped at the end."""
    from stack.stack import Stack

    async with AsyncExitStack() as started:

        async def start(settings: "StackSettings") -> Stack:
            return await started.enter_async_context(Stack(settings))

        yield start


def unique_name(stem: str) -> str:
    """Return a name that is new, and legal for databases, topics and groups."""
    return f"{stem}_{uuid4().hex[:12]}"


def _cannot(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
