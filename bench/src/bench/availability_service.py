"""Availability as it is deployed: a process of its own, on a database of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from messaging.settings import PostgresSettings
from messaging.topology import all_topics, installed
from pydantic import SecretStr
from stack.ports import choose_port
from stack.service import Service
from stack.services import DEMO, Addresses
from stack.stack import Stack

from bench import servers
from bench.population import TENANT, Population

_SPEC = next(spec for spec in DEMO if spec.name == "availability")


@dataclass(frozen=True)
class Running:
    """The service, its database, and a token to ask with."""

    service: Service
    postgres: PostgresSettings
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request must say of who asks."""
        return {"authorization": f"Bearer {self.token}"}


@asynccontextmanager
async def running(stack: Stack, population: Population) -> AsyncGenerator[Running]:
    """Yield the service on a database that holds the population."""
    postgres, kafka, issuer = (
        await servers.postgres(stack),
        await stack.start_kafka(),
        await stack.start_issuer(),
    )
    await kafka.create_topics(all_topics(installed()))
    database = f"bench_{servers.RUN}_availability_{population.hosts}"
    settings = PostgresSettings(dsn=SecretStr(await postgres.create_database(database)))
    service = Service(
        _SPEC,
        stack.workspace,
        port=choose_port(None, purpose="availability"),
        dsn=settings.dsn.get_secret_value(),
        addresses=Addresses(
            kafka=kafka.bootstrap_servers,
            smtp_host="",
            smtp_port=0,
            services={},
            issuer=issuer.url,
            guest_link_key="",
        ),
    )
    try:
        await service.prepare()
        async with servers.connection(settings) as connection:
            await connection.execute("SET statement_timeout = 0")
            await population.load(connection)
        await service.start()
        try:
            token = await issuer.token("bench", tenant=TENANT, roles=("member",))
            yield Running(service, settings, token)
        finally:
            await service.stop()
    finally:
        await postgres.drop_database(database)
