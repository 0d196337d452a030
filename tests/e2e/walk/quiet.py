"""Waiting until nothing moves any more: nothing to publish, to read, to write, to send or to do."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
from journal.lab.eventually import eventually
from messaging.topology import installed
from system import System
from walk.stage import Stage

_PATIENCE_SECONDS = 180.0
_SETTLED_SECONDS = 3.0
_WAITING_BOOKINGS = """
    SELECT id, status, wake_at FROM booking
    WHERE status = 'confirming' OR state ? 'move' OR wake_at < now() + interval '60 seconds'
       OR jsonb_path_exists(state, '$.entries[*] ? (@.known == "pending")')
"""
_OPEN = {
    "bookings that wait": ("booking", _WAITING_BOOKINGS),
    "entries to be written": (
        "connector",
        "SELECT uid, state, fault FROM entry WHERE state = 'pending' OR lease IS NOT NULL",
    ),
    "mails to be sent": (
        "notifier",
        "SELECT mail_id, kind, fault FROM mail WHERE state = 'pending'",
    ),
}


@asynccontextmanager
async def database(
    system: System, service: str
) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
    """Yield a connection to a service's database."""
    connection = await asyncpg.connect(system.stack.postgres.dsn(service))
    try:
        yield connection
    finally:
        await connection.close()


async def becomes_quiet(stage: Stage) -> None:
    """Return when nothing has moved for a while, and every calendar was read since."""
    while True:
        await eventually(
            lambda: unrest(stage.entente), lambda seen: not seen, within=_PATIENCE_SECONDS
        )
        await _is_read(stage, since=datetime.now(UTC))
        await asyncio.sleep(_SETTLED_SECONDS)
        if not await unrest(stage.entente):
            return


async def unrest(system: System) -> Mapping[str, str]:
    """Return what still moves, by where it does; empty when all is quiet."""
    found: dict[str, str] = {}
    for service in installed():
        async with database(system, service) as connection:
            if waiting := await connection.fetchval("SELECT count(*) FROM outbox"):
                found[f"outbox of {service}"] = str(waiting)
            for name, (owner, query) in _OPEN.items():
                if owner == service and (rows := await connection.fetch(query)):
                    found[name] = f"{len(rows)}: {rows[:5]}"
    if not found:
        for group, topics in installed().items():
            for topic in topics:
                if behind := await system.wire.lag(topic, group):
                    found[f"{group} reading {topic.name}"] = str(behind)
    return found


async def _is_read(stage: Stage, *, since: datetime) -> None:
    calendars = [(diary.host, diary.calendar.id) for diary in stage.diaries]
    for host, calendar_id in (*calendars, (stage.feed_host, stage.feed.id)):
        await host.source_becomes(
            calendar_id,
            lambda source: source["as_of"] and datetime.fromisoformat(source["as_of"]) > since,
        )
