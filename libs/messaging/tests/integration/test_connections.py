"""Connections are lent in turn, and replaced when they are lost."""

import pytest
from messaging.connections import connections
from messaging.settings import PostgresSettings
from pydantic import SecretStr

pytestmark = pytest.mark.integration


async def test_connections_are_lent_in_turn_and_replaced_when_lost(database: str) -> None:
    settings = PostgresSettings(dsn=SecretStr(database))
    lending = connections(
        settings, most=1, application_name="test", default_transaction_read_only="on"
    )
    async with lending as lent:
        (first,) = await lent.fetch("SELECT pg_backend_pid() AS pid")
        (second,) = await lent.fetch("SELECT pg_backend_pid() AS pid")
        assert first["pid"] == second["pid"]
        with pytest.raises(Exception, match="terminat"):
            await lent.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        (third,) = await lent.fetch("SELECT pg_backend_pid() AS pid")
        assert third["pid"] != first["pid"]
        with pytest.raises(Exception, match="read-only"):
            await lent.fetch("CREATE TABLE trace (id int)")
