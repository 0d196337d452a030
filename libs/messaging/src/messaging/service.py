"""The life of a service's process: check, start, serve, drain, stop."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import uvicorn
import uvloop
from entente_contracts import Topic
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from messaging import inbox, logs, tracing
from messaging.admin import connect_admin, require_topics
from messaging.broker import build_broker, build_producer
from messaging.consumer import Consumer
from messaging.database import (
    DatabaseUnreachableError,
    Sessions,
    build_engine,
    build_sessions,
    ping,
)
from messaging.dead_letter import DeadLetters
from messaging.health import Check, Liveness, Readiness, health_routes
from messaging.logs import type_name
from messaging.migrations import Migrations
from messaging.processing import RecordProcessor
from messaging.relay import OutboxRelay
from messaging.server_spans import ServerSpans
from messaging.settings import ServiceSettings
from messaging.startup import StartupError
from messaging.subscription import Subscription
from messaging.telemetry import Processing

_logger = logging.getLogger(__name__)

_OBJECTS_OF_A_BATCH = 20_000

_RELAY = "outbox relay"

# Longer than clients and proxies keep an idle connection (nginx: 60 s): who closes it first must be
# the one that would use it next, or requests fail that were just being sent.
_KEEP_ALIVE_SECONDS = 75

Task = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Resources:
    """What a service's own parts are built from."""

    engine: AsyncEngine
    sessions: Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a service adds to what all services have.

    `publishes` are the topics its outbox writes to: like those it consumes, they must exist. It is
    not ready before its `migrations` are done.
    """

    consumers: Sequence[Consumer] = ()
    publishes: Sequence[Topic] = ()
    app: Starlette = field(default_factory=Starlette)
    tasks: Mapping[str, Task] = field(default_factory=dict[str, Task])
    checks: Mapping[str, Check] = field(default_factory=dict[str, Check])
    migrations: Migrations | None = None


Build = Callable[[Resources], contextlib.AbstractAsyncContextManager[Parts]]


def run(name: str, settings: ServiceSettings, build: Build) -> None:
    """Run the service until SIGTERM or SIGINT; the process ends with 1 when it may not start.

    `build` opens what is the service's own (clients) and closes it at the end.
    """
    logs.configure(name, settings.telemetry.log_level)
    with tracing.configured(name, settings.telemetry):
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(name, settings, build))
        except StartupError as error:
            _logger.critical("cannot start: %s", error)
            sys.exit(1)


async def _serve(name: str, settings: ServiceSettings, build: Build) -> None:
    async with running(name, settings, build) as app:
        server = uvicorn.Server(
            uvicorn.Config(
                ServerSpans(app),
                host=settings.http.host,
                port=settings.http.port,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=int(settings.http.drain_seconds),
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        _take_signals(server)
        await server.serve()


def _take_signals(server: uvicorn.Server) -> None:
    """Keep a handler in place when uvicorn, done serving, raises the signals it received again.

    The default action would end the process there, with consumers still at work.
    """

    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


@contextlib.asynccontextmanager
async def running(name: str, settings: ServiceSettings, build: Build) -> AsyncGenerator[Starlette]:
    """Start everything but the HTTP server, yield the app, drain and stop.

    Raises StartupError, with one line for the operator, when a dependency is not there.
    """
    async with contextlib.AsyncExitStack() as stack:
        engine = build_engine(settings.postgres, application_name=name, patient=False)
        stack.push_async_callback(engine.dispose)
        await _require_database(engine, settings)
        parts = await stack.enter_async_context(build(Resources(engine, build_sessions(engine))))
        admin = await connect_admin(settings.kafka, client_id=name)
        stack.push_async_callback(admin.close)
        await require_topics(admin, _topics_of(parts))

        relay = OutboxRelay(
            engine,
            settings.postgres,
            lambda: build_producer(settings.kafka, client_id=f"{name}-relay"),
        )
        tasks = _start_tasks(engine, relay, parts)
        stack.push_async_callback(_cancel, tasks)
        consumption = await stack.enter_async_context(
            _consuming(name, settings, engine, parts.consumers)
        )

        async def kafka_answers() -> None:
            await admin.describe_cluster()

        async def postgres_answers() -> None:
            await ping(engine)

        async def schema_is_there() -> None:
            if parts.migrations is not None:
                await parts.migrations.check(engine)

        readiness = Readiness(
            {
                "postgres": postgres_answers,
                "kafka": kafka_answers,
                "schema": schema_is_there,
                **parts.checks,
            }
        )
        liveness = Liveness(consumption, tasks, {_RELAY: lambda: relay.last_turn})
        parts.app.router.routes[:0] = health_routes(liveness, readiness)
        _leave_to_stay()
        _logger.info("started", extra={"consumers": [c.name for c in parts.consumers]})
        yield parts.app
        _logger.info("stopping")


def _leave_to_stay() -> None:
    """Spare the garbage collector what stays until the end: modules, models, routes.

    It would look through all of that again whenever a large answer or batch is made. It would also
    look many times through the batch that is being made, of which nothing is garbage yet.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_OF_A_BATCH)


def _topics_of(parts: Parts) -> set[str]:
    consumed = {name for consumer in parts.consumers for name in consumer.required_topics}
    return consumed | {topic.name for topic in parts.publishes}


@contextlib.asynccontextmanager
async def _consuming(
    name: str, settings: ServiceSettings, engine: AsyncEngine, consumers: Sequence[Consumer]
) -> AsyncGenerator[list[Subscription]]:
    """Run the consumers; at the end, what is in hand is finished and the rest left untouched."""
    if not consumers:
        yield []
        return
    producer = build_producer(settings.kafka, client_id=f"{name}-dead-letters")
    broker = build_broker(settings.kafka, client_id=name, drain_seconds=settings.http.drain_seconds)

    def subscription(consumer: Consumer) -> Subscription:
        processing = Processing(consumer.group, settings.telemetry.parent_max_age_seconds)
        processor = RecordProcessor(
            consumer,
            sessions=build_sessions(engine),
            dead_letters=DeadLetters(consumer, producer),
            processing=processing,
        )
        return Subscription(broker, processor, processing=processing, kafka=settings.kafka)

    subscriptions: list[Subscription] = []
    await producer.start()
    try:
        await broker.start()
        subscriptions += map(subscription, consumers)
        # Side by side: whoever joins a group has its members join anew, which they do at their next
        # heartbeat. One after another, each would wait for those before it.
        async with asyncio.TaskGroup() as starts:
            for it in subscriptions:
                starts.create_task(it.start())
        yield subscriptions
    finally:
        for it in subscriptions:
            it.end()
        await broker.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await producer.stop()


def _start_tasks(
    engine: AsyncEngine, relay: OutboxRelay, parts: Parts
) -> dict[str, asyncio.Task[None]]:
    async def keep_inbox_small() -> None:
        await inbox.keep_small(build_sessions(engine))

    wanted: dict[str, Task] = {
        _RELAY: relay.run,
        "inbox purge": keep_inbox_small,
        **parts.tasks,
    }
    return {title: asyncio.create_task(_run(title, task)) for title, task in wanted.items()}


async def _run(title: str, task: Task) -> None:
    try:
        await task()
    except Exception:
        _logger.exception("background task failed: %s", title)
        raise


async def _cancel(tasks: Mapping[str, asyncio.Task[None]]) -> None:
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _require_database(engine: AsyncEngine, settings: ServiceSettings) -> None:
    reason = "no answer"
    try:
        async with asyncio.timeout(settings.postgres.startup_timeout_seconds):
            while True:
                try:
                    return await ping(engine)
                except DatabaseUnreachableError as error:
                    reason = str(error)
                except DBAPIError as error:
                    reason = type_name(error)
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        url = settings.postgres.dsn.get_secret_value().rpartition("@")[2].partition("?")[0]
        raise StartupError(
            f"PostgreSQL at {url} was not usable"
            f" within {settings.postgres.startup_timeout_seconds:g} s: {reason}"
        ) from error
