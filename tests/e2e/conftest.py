"""The whole system, once per test run."""

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # so that tests can name what they share

from entente import Entente, running_entente


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def entente(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Entente]:
    async with running_entente(tmp_path_factory.mktemp("entente")) as running:
        yield running
