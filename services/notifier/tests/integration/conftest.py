from collections.abc import AsyncGenerator

import pytest_asyncio
from notifier.testing.world import World, a_world


@pytest_asyncio.fixture(loop_scope="session")
async def world(database: str) -> AsyncGenerator[World]:
    async with a_world(database) as made:
        yield made
