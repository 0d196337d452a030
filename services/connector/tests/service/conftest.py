"""One connector for most tests, with a database, Kafka, an issuer and calendar servers."""

from collections.abc import AsyncGenerator, Iterator

import pytest
import pytest_asyncio
from connector_lab.dav_server import DavServer, radicale, xandikos
from connector_lab.fault_proxy import FaultProxy
from connector_lab.fault_server import FaultServer
from connector_lab.kafka_log import PUBLISHED, KafkaLog, kafka_log
from connector_lab.lab import Lab, Surroundings, open_lab
from issuer.keys import SigningKey
from stack.kafka.broker import KafkaBroker
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name


@pytest_asyncio.fixture(scope="session")
async def web() -> AsyncGenerator[FaultServer]:
    """Serve feeds, and the issuer's keys."""
    async with FaultServer() as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DavServer]:
    async with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def xandikos_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DavServer]:
    async with xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def proxied_radicale(radicale_server: DavServer) -> AsyncGenerator[FaultProxy]:
    """Reach Radicale through a proxy that can make requests go wrong."""
    async with FaultProxy(radicale_server) as proxy:
        yield proxy


@pytest_asyncio.fixture(scope="session")
async def proxied_xandikos(xandikos_server: DavServer) -> AsyncGenerator[FaultProxy]:
    async with FaultProxy(xandikos_server) as proxy:
        yield proxy


@pytest.fixture(params=["radicale", "xandikos"])
def proxy(
    request: pytest.FixtureRequest, proxied_radicale: FaultProxy, proxied_xandikos: FaultProxy
) -> Iterator[FaultProxy]:
    """Each of the two servers in turn, in order again after the test."""
    chosen = proxied_radicale if request.param == "radicale" else proxied_xandikos
    yield chosen
    chosen.faults.clear()
    chosen.headers.clear()


@pytest_asyncio.fixture(scope="session")
async def log(kafka: KafkaBroker) -> AsyncGenerator[KafkaLog]:
    """Follow what is published."""
    await kafka.create_topics(PUBLISHED)
    async with kafka_log(kafka.bootstrap_servers) as log:
        yield log


@pytest_asyncio.fixture(scope="session")
async def surroundings(kafka: KafkaBroker, web: FaultServer, log: KafkaLog) -> Surroundings:
    """What every connector of the test run has around it."""
    key = SigningKey(f"http://{web.authority}")
    return await Surroundings.prepare(kafka, web, key, log)


@pytest_asyncio.fixture(scope="session")
async def shared_lab(
    postgres: PostgresServer,
    surroundings: Surroundings,
    proxied_radicale: FaultProxy,
    proxied_xandikos: FaultProxy,
) -> AsyncGenerator[Lab]:
    """Run the connector that most tests share."""
    dsn = await postgres.create_database(unique_name("connector"))
    proxies = (proxied_radicale, proxied_xandikos)
    servers = {one.authority for proxy in proxies for one in (proxy, proxy.server)}
    settings = surroundings.settings(dsn=dsn, allowed=servers)
    async with open_lab(surroundings, settings) as lab:
        yield lab


@pytest_asyncio.fixture
async def lab(shared_lab: Lab) -> AsyncGenerator[Lab]:
    """Lend the shared connector to one test, whose calendars rest afterwards."""
    yield shared_lab
    await shared_lab.sql(
        "UPDATE calendar_sync SET next_sync_at = NULL, lease = NULL, lease_until = NULL"
    )
