"""The relay: publishes outbox rows to Kafka in id order and deletes them once acknowledged.

Rows of a topic that cannot be sent to are passed over for a while, so that others get through.
Any number of relays may run; a transaction-scoped advisory lock lets one work at a time. A crash
between acknowledgement and delete publishes rows again: consumers drop the copy by its ce_id.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation
from pydantic_core import from_json
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import backoff, failpoints
from messaging.clients import KafkaProducer
from messaging.doorbell import Doorbell
from messaging.logs import type_name
from messaging.publisher import Publisher, Row
from messaging.settings import PostgresSettings
from messaging.tables import outbox

_logger = logging.getLogger(__name__)
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('entente.outbox', 0))")
# Each batch waits once for Kafka and once for PostgreSQL: many rows share that.
_ROWS_IN_A_BATCH = 2_000
# Read through the driver: rows pass here by the thousand, and nothing but bytes is made of them.
_BATCH = """
SELECT id, topic, key, headers::text, payload, created_at FROM outbox ORDER BY id LIMIT $1
"""
_BATCH_OF_OTHER_TOPICS = """
SELECT id, topic, key, headers::text, payload, created_at FROM outbox
WHERE topic <> ALL ($2::text[]) ORDER BY id LIMIT $1
"""
_DELETE = "DELETE FROM outbox WHERE id = ANY ($1::bigint[])"
# In the order of the index: the table is mostly room of rows that are gone, and reading all of it
# took up to 70 ms.
_WAITING = select(outbox.c.created_at).order_by(outbox.c.id).subquery()
_BACKLOG = select(func.count(), func.min(_WAITING.c.created_at)).select_from(_WAITING)

POLL_SECONDS = 1.0
_SHORTEST_PAUSE_SECONDS = 0.002
# Passing over the rows of topics that are stopped takes its time: not for every ring.
_PASSING_OVER_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the outbox."""

    pending: int
    oldest_seconds: float


class _Look(Enum):
    """What came of looking for rows."""

    PUBLISHED = "there may be more"
    NOTHING = "the outbox is empty"
    NOT_OURS = "another relay is at work"


class OutboxRelay:
    """Publishes one service's outbox until cancelled."""

    def __init__(
        self,
        engine: AsyncEngine,
        postgres: PostgresSettings,
        new_producer: Callable[[], KafkaProducer],
    ) -> None:
        self._engine = engine
        self._publisher = Publisher(new_producer)
        self._doorbell = Doorbell(postgres)
        self._backlog = Backlog(0, 0.0)
        self.last_turn = time.monotonic()
        self._observe_backlog()

    async def run(self) -> None:
        """Publish until cancelled; failures are logged and retried."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._doorbell.run())
                tasks.create_task(self._watch_backlog())
                tasks.create_task(self._publish_for_ever())
        finally:
            await self._publisher.discard_producer()

    async def backlog(self) -> Backlog:
        """Count what waits, and say how long the oldest row has waited."""
        async with self._engine.connect() as connection:
            pending, oldest = (await connection.execute(_BACKLOG)).one()
        age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
        return Backlog(pending, max(0.0, age))

    async def _publish_for_ever(self) -> None:
        failures = 0
        pause = _SHORTEST_PAUSE_SECONDS
        last = _Look.NOTHING
        while True:
            self.last_turn = time.monotonic()
            self._doorbell.clear()
            try:
                look = await self._publish_batch()
                failures = 0
            except Exception as error:  # the rows stay and are tried again
                if _cancelled():  # and the connection did not answer to that
                    raise asyncio.CancelledError from error
                failures += 1
                _logger.warning(
                    "outbox not published, will retry: %s", type_name(error), exc_info=error
                )
                await asyncio.sleep(backoff.seconds_after(failures))
                continue
            if look is _Look.PUBLISHED:
                pause = _SHORTEST_PAUSE_SECONDS
                if last is _Look.PUBLISHED:  # a lone event is not worth the way to the switch
                    await self._doorbell.switch_off()
            elif look is _Look.NOT_OURS:
                await self._doorbell.switch_off()
                await self._doorbell.wait(POLL_SECONDS)
            elif self._publisher.stopped:
                await asyncio.sleep(_PASSING_OVER_SECONDS)
            elif self._doorbell.is_on:
                await self._doorbell.wait(POLL_SECONDS)
            elif not await self._doorbell.switch_on():
                await self._doorbell.wait(pause)
                pause = min(POLL_SECONDS, 2 * pause)
            last = look

    async def _publish_batch(self) -> _Look:
        """Look for rows and publish a batch of them."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(_TRY_LOCK)).scalar_one():
                return _Look.NOT_OURS
            passed_over = self._publisher.stopped
            rows = await _batch(connection, passed_over)
            if not rows:
                return _Look.NOTHING
            if not passed_over:
                self._publisher.forget_before(rows[0].id)
            acknowledged = await self._publisher.publish(rows)
            await failpoints.reach("relay.after_send")
            await _delete(connection, acknowledged)
        self._publisher.forget(acknowledged)
        return _Look.PUBLISHED

    async def _watch_backlog(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                self._backlog = await self.backlog()
            await asyncio.sleep(5)

    def _observe_backlog(self) -> None:
        meter = metrics.get_meter("entente.messaging")

        def pending(_: CallbackOptions) -> Iterable[Observation]:
            yield Observation(self._backlog.pending)

        def oldest(_: CallbackOptions) -> Iterable[Observation]:
            yield Observation(self._backlog.oldest_seconds)

        meter.create_observable_gauge("entente.outbox.pending", [pending], unit="{message}")
        meter.create_observable_gauge("entente.outbox.oldest_age", [oldest], unit="s")


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _batch(connection: AsyncConnection, passed_over: Sequence[str]) -> Sequence[Row]:
    async with _driver(connection) as driver:
        if passed_over:
            records = await driver.fetch(_BATCH_OF_OTHER_TOPICS, _ROWS_IN_A_BATCH, passed_over)
        else:
            records = await driver.fetch(_BATCH, _ROWS_IN_A_BATCH)
    return [_row(record) for record in records]


def _row(record: Any) -> Row:
    row_id, topic, key, stored, payload, created_at = record
    headers: Mapping[str, str] = from_json(stored, cache_strings="keys")
    sent = [(name, value.encode()) for name, value in headers.items()]
    return Row(row_id, topic, key.encode(), sent, payload, created_at)


async def _delete(connection: AsyncConnection, ids: Sequence[int]) -> None:
    if ids:
        async with _driver(connection) as driver:
            await driver.execute(_DELETE, ids)


@contextlib.asynccontextmanager
async def _driver(connection: AsyncConnection) -> AsyncGenerator[Any]:
    """Yield the driver's connection, in the transaction that SQLAlchemy has begun on it."""
    driver = (await connection.get_raw_connection()).driver_connection
    try:
        yield driver
    except (TimeoutError, asyncio.CancelledError):  # a rollback would wait for an answer as well
        await connection.invalidate()
        raise
