"""A service on the test run's servers; each test has a tenant of its own."""

import sys
from collections.abc import AsyncGenerator

import pytest_asyncio
from availability.subscriptions import GROUP
from availability_lab.lab import Issuer, Lab, create_topics, open_lab, settings_for
from stack import Stack
from stack.kafka.broker import KafkaBroker
from stack.ports import HOST, choose_port
from stack.postgres.server import PostgresServer
from stack.program import Command, Program
from stack.pytest_plugin import unique_name
from stack.readiness import accepts_tcp


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def issuer(empty_stack: Stack) -> AsyncGenerator[Issuer]:
    port = choose_port(None, purpose="issuer")
    program = Program(
        name="issuer",
        command=Command(arguments=(sys.executable, "-m", "issuer", "--port", str(port))),
        workspace=empty_stack.workspace,
        ready=accepts_tcp(port),
    )
    await program.start()
    yield Issuer(f"http://{HOST}:{port}")
    await program.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service(
    postgres: PostgresServer, kafka: KafkaBroker, issuer: Issuer
) -> AsyncGenerator[Lab]:
    name = unique_name("availability")
    dsn = await postgres.create_database(name)
    await create_topics(kafka, GROUP)
    async with open_lab(settings_for(dsn=dsn, kafka=kafka, issuer=issuer), issuer) as lab:
        yield lab
    await postgres.drop_database(name)


@pytest_asyncio.fixture(loop_scope="session")
async def lab(service: Lab) -> Lab:
    """Return the run's service, seen by a tenant of the test's own."""
    return service.for_new_tenant()
