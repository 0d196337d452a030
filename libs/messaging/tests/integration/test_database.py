"""Whatever keeps a connection from being made has nothing to do with the record in hand."""

import pytest
from messaging.database import DatabaseUnreachableError, build_engine, ping
from messaging.failure import Verdict, classify
from messaging.settings import PostgresSettings
from pydantic import SecretStr
from sqlalchemy import text
from stack.postgres.server import PostgresServer

pytestmark = pytest.mark.integration


def without_password(dsn: str) -> str:
    scheme, _, rest = dsn.partition("://")
    return f"{scheme}://stranger:wrong@{rest.rpartition('@')[2]}"


async def test_the_server_soon_asks_for_a_client_that_vanished(postgres: PostgresServer) -> None:
    dsn = SecretStr(postgres.admin_dsn)
    engine = build_engine(PostgresSettings(dsn=dsn), application_name="test")
    async with engine.connect() as connection:
        settings = [
            (await connection.execute(text(f"SHOW tcp_keepalives_{name}"))).scalar_one()
            for name in ("idle", "interval", "count")
        ]
    await engine.dispose()
    assert settings == ["30", "10", "3"]


@pytest.mark.parametrize("fault", ["absent database", "unknown user"])
async def test_a_refused_connection_is_transient(postgres: PostgresServer, fault: str) -> None:
    dsn = postgres.dsn("absent")
    if fault == "unknown user":
        dsn = without_password(postgres.admin_dsn)
    engine = build_engine(PostgresSettings(dsn=SecretStr(dsn)), application_name="test")
    with pytest.raises(DatabaseUnreachableError) as refused:
        await ping(engine)
    await engine.dispose()
    assert classify(refused.value) is Verdict.TRANSIENT
