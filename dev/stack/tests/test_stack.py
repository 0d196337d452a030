"""Stacks live side by side, and stand or fall as a whole."""

import os
import shutil
import sys
from pathlib import Path

import asyncpg
import pytest
from entente_contracts import Topic
from stack import Stack, StackError, StackSettings, StartFailed
from stack.services import Addresses, ServiceSpec

pytestmark = pytest.mark.integration


async def test_two_stacks_at_once_do_not_meet() -> None:
    async with Stack() as one, Stack() as other:
        dsn = await one.postgres.create_database("calendar")
        assert await _databases(one) == {"calendar"}
        assert await _databases(other) == set()
        await one.kafka.create_topics([Topic(name="only.one", key="id", cleanup="compact")])
        assert "only.one" not in await other.kafka.topics()
        paths = [one.workspace.path, other.workspace.path]
    with pytest.raises(OSError, match="Connect"):
        await asyncpg.connect(dsn)
    assert not any(path.exists() for path in paths)


async def test_a_part_that_was_left_out_is_named() -> None:
    async with Stack(StackSettings(postgres=False, kafka=False)) as stack:
        with pytest.raises(StackError, match="without Kafka"):
            _ = stack.kafka


async def test_a_broker_that_cannot_start_ends_the_start_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "java"
    real = shutil.which("java") or pytest.skip("needs Java, to let Kafka fail with it")
    java.write_text(
        "#!/bin/sh\n"
        'case "$*" in *kafka.Kafka*) echo "no memory left"; exit 7;; esac\n'
        f'exec {real} "$@"\n'
    )
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(StartFailed, match="kafka ended with exit code 7") as failed:
        async with Stack(StackSettings(postgres=False, kafka_choice="apache", given_kafka=None)):
            pass

    assert failed.value.tail == "no memory left"


async def test_a_service_gets_its_database_topics_and_addresses() -> None:
    async with Stack(
        StackSettings(mail=True, kafka_choice="memory", services=(_service("booking"),))
    ) as stack:
        booking = stack.services["booking"]
        assert await _databases(stack) == {"booking"}
        assert "booking.events.v1" in await stack.kafka.topics()
        assert stack.addresses["booking"] == booking.url
        assert booking.program.find(
            f"prepared, serving at {booking.url} with {stack.kafka.bootstrap_servers}"
        )


async def test_a_preparation_that_fails_ends_the_start() -> None:
    spec = _service("booking", prepare=("-c", "raise SystemExit('no such table')"))
    settings = StackSettings(mail=True, kafka_choice="memory", services=(spec,))
    with pytest.raises(StartFailed, match="booking-prepare-1 ended with exit code 1") as failed:
        async with Stack(settings):
            pass
    assert failed.value.tail == "no such table"


_PREPARE = "import pathlib; pathlib.Path('prepared').touch()"
_SERVE = """
import http.server, os, pathlib
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204 if self.path == '/readyz' else 404)
        self.end_headers()
address = os.environ['BOOKING__HTTP__HOST'], int(os.environ['BOOKING__HTTP__PORT'])
state = 'prepared' if pathlib.Path('prepared').exists() else 'unprepared'
kafka = os.environ['BOOKING__KAFKA__BOOTSTRAP_SERVERS']
print(f'{state}, serving at {os.environ["OWN_URL"]} with {kafka}')
http.server.HTTPServer(address, Handler).serve_forever()
"""


def _service(name: str, prepare: tuple[str, ...] = ("-c", _PREPARE)) -> ServiceSpec:
    def environment(addresses: Addresses) -> dict[str, str]:
        return {"OWN_URL": addresses.services[name]}

    return ServiceSpec(
        name=name,
        command=(sys.executable, "-c", _SERVE),
        prepare=((sys.executable, *prepare),),
        environment=environment,
    )


async def _databases(stack: Stack) -> set[str]:
    connection = await asyncpg.connect(stack.postgres.admin_dsn)
    try:
        rows = await connection.fetch("SELECT datname FROM pg_database WHERE NOT datistemplate")
    finally:
        await connection.close()
    return {row["datname"] for row in rows} - {"postgres"}
