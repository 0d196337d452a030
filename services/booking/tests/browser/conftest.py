import os
import shutil
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from booking.testing.site import Site, a_site
from booking.testing.world import a_world
from messaging.settings import KafkaSettings
from playwright.async_api import Browser, async_playwright
from stack.kafka.broker import KafkaBroker
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(postgres: PostgresServer, kafka: KafkaBroker) -> AsyncGenerator[Site]:
    """One site for all tests: each has hosts of its own, and the clock only goes forward."""
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
    async with (
        a_world(await postgres.create_database(unique_name("pages"))) as world,
        a_site(world, settings) as made,
    ):
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """Debian's Chromium; skip, or fail in CI, where there is none."""
    program = shutil.which("chromium")
    if program is None:
        reason = "needs Debian's chromium; there is none here (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        # Chromium's own sandbox does not work for root, which containers run tests as.
        started = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        await started.close()
