"""A connector that is killed at any step of an entry leaves one entry, and its answer."""

from dataclasses import replace
from pathlib import Path

import pytest
from connector.settings import EntriesSettings
from connector_lab.bookings import TestBooking, intend
from connector_lab.dav_calendars import connect_calendar
from connector_lab.fault_proxy import FaultProxy
from connector_lab.fleet import connector_process
from connector_lab.lab import Surroundings, eventually, open_lab
from entente_contracts import EntryFailed, EntryRefused, EntryWritten
from messaging.database import build_engine, build_sessions
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name
from stack.spans import named, read_spans

pytestmark = pytest.mark.integration

HASTY = EntriesSettings(
    first_retry_seconds=0.2, look_seconds=1.5, attempt_seconds=1.8, lease_seconds=2
)
FAILPOINTS = [
    "entries.before_last_look",
    "entries.before_write",
    "entries.after_write",
    "entries.before_mark",
    "entries.after_mark",
]
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_an_entry_whose_writing_was_killed_is_there_once(
    surroundings: Surroundings,
    postgres: PostgresServer,
    proxied_radicale: FaultProxy,
    tmp_path: Path,
    failpoint: str,
) -> None:
    dsn = await postgres.create_database(unique_name("entry"))
    settings = surroundings.settings(
        dsn=dsn, allowed=[proxied_radicale.authority], entries=HASTY, lease_seconds=2
    )
    async with open_lab(surroundings, settings) as lab:
        mine = await connect_calendar(lab, proxied_radicale)
    engine = build_engine(settings.postgres, application_name="tests")
    booking = TestBooking(replace(lab, sessions=build_sessions(engine)), mine.id)
    await intend(booking.lab.sessions, booking.write(mine.id))

    async with connector_process(settings, tmp_path, failpoints=f"{failpoint}=kill") as first:
        await first.killed()
        assert failpoint in first.fired.read_text()

    async with open_lab(surroundings, settings):
        await booking.hears(EntryWritten)
    assert mine.writes == 1
    assert await mine.entry(booking.name) is not None
    assert not booking.heard(EntryRefused)
    assert not any(told.permanent for told in booking.heard(EntryFailed))
    assert len({told.command_id for told in booking.heard(EntryWritten)}) == 1
    await engine.dispose()
    await postgres.drop_database(dsn.rpartition("/")[2])


async def test_the_answer_belongs_to_the_trace_of_the_command(
    surroundings: Surroundings,
    postgres: PostgresServer,
    proxied_radicale: FaultProxy,
    tmp_path: Path,
) -> None:
    dsn = await postgres.create_database(unique_name("trace"))
    spans = tmp_path / "spans.jsonl"
    settings = surroundings.settings(
        dsn=dsn, allowed=[proxied_radicale.authority], spans_path=spans
    )
    async with open_lab(surroundings, settings) as lab:
        mine = await connect_calendar(lab, proxied_radicale)
    engine = build_engine(settings.postgres, application_name="tests")
    booking = TestBooking(replace(lab, sessions=build_sessions(engine)), mine.id)
    command = booking.write(mine.id)
    await intend(booking.lab.sessions, command, traceparent=f"00-{TRACE}-b7ad6b7169203331-01")

    async def carried_out() -> bool:
        return bool(named(read_spans(spans), "carry out entry"))

    async with connector_process(settings, tmp_path):
        await booking.hears(EntryWritten)
        await eventually(carried_out)
    await engine.dispose()

    told = [span for span in read_spans(spans) if span.trace_id == TRACE]
    (attempt,) = named(told, "carry out entry")
    assert attempt.parent_id == "b7ad6b7169203331"
    (put,) = named(told, "PUT")
    assert (put.kind, put.parent_id) == ("CLIENT", attempt.span_id)
    assert put.attributes["http.response.status_code"] == 201
    (created,) = named(told, "create calendar.entries.v1")
    assert created.parent_id == attempt.span_id
    for span in told:
        assert booking.uid not in span.raw
        assert "example.org" not in span.raw
        assert mine.there.path not in span.raw
    await postgres.drop_database(dsn.rpartition("/")[2])
