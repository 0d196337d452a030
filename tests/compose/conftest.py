"""One system from images for all tests here."""

import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parents[1] / "helm"))  # what services can be told
sys.path.insert(0, str(Path(__file__).parent))  # so that tests can name what they share

from compose import Compose, running
from composition import images
from engine import CommandError, missing


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine() -> None:
    """Skip where containers cannot be run, and fail where they were asked for."""
    lacks = await missing(images())
    if lacks and os.environ.get("ENTENTE_CONTAINERS") == "required":
        pytest.fail(lacks)
    if lacks:
        pytest.skip(lacks)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def compose(
    engine: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Compose]:
    del engine
    async with running(tmp_path_factory.mktemp("secrets")) as compose:
        try:
            await compose.run("up", "--detach")
        except CommandError:
            sys.stderr.write(await compose.run("logs", "--tail=30"))
            raise
        yield compose
