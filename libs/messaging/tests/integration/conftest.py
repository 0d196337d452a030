"""Journals to break: on the test run's stack, or on a stack of the test's own."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest_asyncio
from journal.lab.fleet import Fleet, open_fleet
from stack import Stack, StackSettings
from stack.kafka.broker import KafkaBroker
from stack.pytest_plugin import unique_name

Servers = tuple[Stack, Fleet]


@pytest_asyncio.fixture
async def fleet(stack: Stack, require_real_kafka: KafkaBroker) -> AsyncGenerator[Fleet]:
    """Yield journals' surroundings on servers that other tests use too."""
    del require_real_kafka
    async with open_fleet(stack, unique_name("fleet")) as fleet:
        yield fleet


@pytest_asyncio.fixture
async def breakable(
    private_stack: Callable[[StackSettings], Awaitable[Stack]], require_real_kafka: KafkaBroker
) -> AsyncGenerator[Servers]:
    """Yield servers that the test may break, and journals' surroundings on them."""
    del require_real_kafka
    async with AsyncExitStack() as opened:
        stack = await private_stack(StackSettings(durable=False))
        yield stack, await opened.enter_async_context(open_fleet(stack, unique_name("fleet")))
