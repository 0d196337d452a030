"""Projections filled from the topics alone, beside the live ones."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from messaging.clients import Record
from messaging.consumer import MAX_RECORD_BYTES
from messaging.delivery import Arrival, Ignored, UnreadableRecordError, read
from messaging.failure import Verdict, classify
from messaging.logs import type_name
from sqlalchemy import select, text, union
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from availability.adapters import shadow_schema
from availability.adapters.change_rows import PostgresChanges
from availability.adapters.digest import digests
from availability.adapters.projecting import PROJECTING, Projecting
from availability.adapters.shadow_schema import SHADOW
from availability.adapters.tables import LIVE, announced_month, host
from availability.adapters.topic_reader import TopicReader
from availability.adapters.turns import take_switch_turn
from availability.application.changes import every_month

_logger = logging.getLogger(__name__)
_NOTHING = text("SELECT 1")
_STIR_SECONDS = 1.0
_BY_NAME: Mapping[str, Projecting] = {topic.name: it for topic, it in PROJECTING.items()}


class PostgresShadow:
    """`Shadow` in a schema of the same database; `reader` stands at the topics' first records."""

    def __init__(self, engine: AsyncEngine, reader: TopicReader) -> None:
        self._engine = engine
        self._reader = reader
        self._shadow = engine.execution_options(schema_translate_map={LIVE: SHADOW})

    async def create(self) -> None:
        """Make the tables, empty; those that an interrupted rebuild left behind are dropped."""
        async with self._engine.begin() as connection:
            await shadow_schema.drop_retired(connection)
            await shadow_schema.create(connection)

    async def catch_up(self) -> int:
        """Apply what the topics hold by now; return how many records that were."""
        count = 0
        async for records in self._reader.up_to_now():
            await self._apply(records, self._shadow)
            count += len(records)
        return count

    async def analyze(self) -> None:
        """Make the planner's statistics, for which autovacuum would take a minute."""
        async with self._engine.begin() as connection:
            await shadow_schema.take_time(connection)
            await shadow_schema.analyze(connection)

    async def differences(self) -> Sequence[str]:
        """Return the names of the tables that are not the same as the live ones.

        What the live consumers have not come to yet is applied before: it makes no difference.
        """
        await self._reader.back_to_group()
        async for records in self._reader.up_to_now():
            await self._apply(records, self._engine)
            await self._apply(records, self._shadow)
        async with self._engine.begin() as connection:
            await shadow_schema.take_time(connection)
            live = await digests(connection, LIVE)
            made = await digests(connection, SHADOW)
        return tuple(name for name in live if live[name] != made[name])

    @asynccontextmanager
    async def switching(self) -> AsyncGenerator[None]:
        """Keep writers waiting within the block; at its end, take the live tables' place."""
        async with AsyncSession(self._engine) as session, session.begin():
            await take_switch_turn(session)
            async with _kept_awake(session):
                yield
            await shadow_schema.switch(await session.connection())
            await self._mark_every_host(session)
        async with self._engine.begin() as connection:
            await shadow_schema.drop_retired(connection)

    async def _apply(self, records: Sequence[Record], tables: AsyncEngine) -> None:
        """Apply records of one topic; what the live consumers dead-letter is left out."""
        projecting = _BY_NAME[records[0].topic]
        arrivals = [it for record in records if (it := _read(record, projecting)) is not None]
        if arrivals:
            await _project(projecting, arrivals, tables)

    async def _mark_every_host(self, session: AsyncSession) -> None:
        """Have all announced again that turns out different."""
        rows = await session.execute(
            union(
                select(host.c.host_id, host.c.tenant_id).where(host.c.tenant_id.is_not(None)),
                select(announced_month.c.host_id, announced_month.c.tenant_id),
            )
        )
        changes = every_month((row.host_id, row.tenant_id) for row in rows)
        await PostgresChanges(session).add(changes)


@asynccontextmanager
async def _kept_awake(session: AsyncSession) -> AsyncGenerator[None]:
    """Keep PostgreSQL from ending a transaction that waits, as it would end an abandoned one."""
    done = asyncio.Event()

    async def stir() -> None:
        while not done.is_set():
            await session.execute(_NOTHING)
            with suppress(TimeoutError):
                async with asyncio.timeout(_STIR_SECONDS):
                    await done.wait()

    stirring = asyncio.create_task(stir())
    try:
        yield
    finally:
        done.set()
        await stirring


async def _project(
    projecting: Projecting, arrivals: Sequence[Arrival], tables: AsyncEngine
) -> None:
    """Apply arrivals, those that can be applied; halves lead to the others in a few steps."""
    try:
        async with AsyncSession(tables) as session, session.begin():
            await projecting.project(session, arrivals)
    except Exception as error:
        if classify(error) is Verdict.TRANSIENT:
            raise
        if len(arrivals) == 1:
            _left_out(arrivals[0].position.topic, arrivals[0].position.offset, type_name(error))
            return
        middle = len(arrivals) // 2
        await _project(projecting, arrivals[:middle], tables)
        await _project(projecting, arrivals[middle:], tables)


def _read(record: Record, projecting: Projecting) -> Arrival | None:
    accepted = {kind.type for kind in projecting.accepts}
    try:
        found = read(
            record, accepted=accepted, max_bytes=MAX_RECORD_BYTES, decoder=projecting.decoder
        )
    except UnreadableRecordError as error:
        _left_out(record.topic, record.offset, error.reason)
        return None
    except Exception as error:  # noqa: BLE001 - only the record itself is at work: no retry mends it
        _left_out(record.topic, record.offset, type_name(error))
        return None
    return None if isinstance(found, Ignored) else found


def _left_out(topic: str, offset: int, reason: str) -> None:
    _logger.warning("record left out", extra={"topic": topic, "offset": offset, "reason": reason})
