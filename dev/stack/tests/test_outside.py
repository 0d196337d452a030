"""Servers that pods and containers reach: on a second address, with TLS and accounts."""

from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
import pytest_asyncio
from messaging.admin import connect_admin
from messaging.settings import KafkaSettings
from messaging.startup import StartupError
from pydantic import SecretStr
from stack.certificate import Certificate, make_certificate
from stack.kafka.apache import ApacheKafka
from stack.outside import Outside
from stack.postgres.embedded import EmbeddedPostgres
from stack.settings import StackSettings
from stack.stack import Stack

pytestmark = pytest.mark.integration

ADDRESS = "127.0.0.2"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), [ADDRESS])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reached(certificate: Certificate) -> AsyncGenerator[Stack]:
    outside = Outside(
        address=ADDRESS,
        name=ADDRESS,
        certificate=certificate.path,
        key=certificate.key,
        accounts={"booking": "its-password"},
    )
    async with Stack(StackSettings(durable=False, outside=outside)) as stack:
        yield stack


async def test_postgresql_is_there_with_tls_alone(reached: Stack, certificate: Certificate) -> None:
    postgres = reached.postgres
    if not isinstance(postgres, EmbeddedPostgres):
        pytest.skip("needs a PostgreSQL of our own")
    inside = urlsplit(postgres.admin_dsn)
    dsn = f"postgresql://{inside.username}:{inside.password}@{postgres.outside}/postgres"
    connection = await asyncpg.connect(f"{dsn}?sslmode=verify-full&sslrootcert={certificate.path}")
    try:
        assert await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await asyncpg.connect(f"{dsn}?sslmode=disable")


async def test_kafka_is_there_for_its_accounts(reached: Stack, certificate: Certificate) -> None:
    kafka = reached.kafka
    if not isinstance(kafka, ApacheKafka):
        pytest.skip("needs a real Kafka of our own")
    settings = KafkaSettings(
        bootstrap_servers=kafka.outside,
        security_protocol="SASL_SSL",
        sasl_username="booking",
        sasl_password=SecretStr("its-password"),
        ca_path=certificate.path,
        startup_timeout_seconds=5,
    )
    admin = await connect_admin(settings, client_id="test")
    try:
        (broker,) = (await admin.describe_cluster())["brokers"]
        assert f"{broker['host']}:{broker['port']}" == kafka.outside
    finally:
        await admin.close()
    wrong = settings.model_copy(update={"sasl_password": SecretStr("another")})
    with pytest.raises(StartupError):
        await connect_admin(wrong, client_id="test")


async def test_the_issuer_and_radicale_are_there(reached: Stack) -> None:
    issuer, radicale = await reached.start_issuer(), await reached.start_radicale()
    async with httpx.AsyncClient(trust_env=False) as client:
        told = await client.get(f"{issuer.url}/.well-known/openid-configuration")
        assert (
            told.json()["issuer"] == issuer.url == f"http://{ADDRESS}:{urlsplit(issuer.url).port}"
        )
        assert (await client.get(f"http://{radicale.outside}/.web/")).is_success
    assert await issuer.token("somebody", tenant="t")
