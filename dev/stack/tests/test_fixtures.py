"""The fixtures other tests build on."""

import asyncpg
import pytest
from stack.kafka.broker import KafkaBroker
from stack.postgres.server import PostgresServer

pytest_plugins = ["pytester"]


@pytest.mark.integration
async def test_each_test_gets_an_empty_database(database: str, postgres: PostgresServer) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE TABLE leftover ()")
    await connection.close()
    assert database.startswith(postgres.admin_dsn.rpartition("/")[0])


@pytest.mark.integration
async def test_no_test_sees_the_database_of_another(database: str) -> None:
    connection = await asyncpg.connect(database)
    tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert tables == 0


@pytest.mark.integration
def test_a_required_kafka_keeps_records(require_real_kafka: KafkaBroker) -> None:
    assert require_real_kafka.real


@pytest.mark.unit
@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped"), ("true", "errors")])
def test_a_real_kafka_that_cannot_be_had_skips_loudly_and_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    monkeypatch.setenv("CI", ci)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = session\n")
    pytester.makepyfile(
        """
        import pytest

        class InMemory:
            real = False

        @pytest.fixture(scope="session")
        def kafka():
            return InMemory()

        def test_that_needs_it(require_real_kafka):
            pass
        """
    )
    result = pytester.runpytest_inprocess("-rs", "-p", "no:cacheprovider")
    result.assert_outcomes(**{outcome: 1})
    assert "needs a real Kafka" in result.stdout.str()
