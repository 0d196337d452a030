"""The service's connections to its own database."""

from typing import Any

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from messaging.failure import TransientError
from messaging.settings import PostgresSettings

Sessions = async_sessionmaker[AsyncSession]

_CONNECT_TIMEOUT_SECONDS = 10

# The server ends what takes too long. Past it by so much, nobody is at the other end any more.
ANSWER_SECONDS = 5.0

# How long the server keeps the session, and the locks, of a client that vanished: a minute instead
# of the two hours that most systems take to ask. It means nothing to a socket of the same machine.
_KEEPALIVES = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


class DatabaseUnreachableError(TransientError):
    """No connection could be made: nothing is wrong with the record that needed one.

    SQLAlchemy hands on what a connection function raises as it is, so that a server which is just
    starting up would otherwise look like an error of the statement.
    """


async def connect(
    settings: PostgresSettings,
    *,
    application_name: str,
    patient: bool = False,
    **server_settings: str,
) -> Any:
    """Open one asyncpg connection; the whole libpq URL is honoured (`sslmode`, `sslrootcert`).

    Statements and idle transactions are bounded in time by the server; `server_settings` are more
    of PostgreSQL's settings. A server that is silent for longer is given up, by a TimeoutError,
    unless `patient`; the connection is of no use then. Raises DatabaseUnreachableError, whatever it
    was that kept the connection from being made.
    """
    seconds = settings.statement_timeout_seconds
    timeout = str(int(seconds * 1000))
    try:
        connection: Any = await asyncpg.connect(  # pyright: ignore[reportUnknownMemberType]  # partly untyped
            settings.dsn.get_secret_value(),
            timeout=_CONNECT_TIMEOUT_SECONDS,
            command_timeout=None if patient else seconds + ANSWER_SECONDS,
            server_settings={
                "application_name": application_name,
                "statement_timeout": timeout,
                "idle_in_transaction_session_timeout": timeout,
                **_KEEPALIVES,
                **server_settings,
            },
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnreachableError(str(error) or type(error).__name__) from error
    return connection


def build_engine(
    settings: PostgresSettings, *, application_name: str, patient: bool = True
) -> AsyncEngine:
    """Return an engine that keeps bind values out of its errors.

    Connections are not probed before use: a dead one surfaces as a transient error, the pool
    drops all of its generation, and the work is retried. An operator's command is `patient`: it may
    lift the server's limit for a statement (`SET LOCAL statement_timeout`).
    """

    async def create() -> Any:
        return await connect(settings, application_name=application_name, patient=patient)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=create,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=_CONNECT_TIMEOUT_SECONDS,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "handle_error", _give_up_what_is_silent)
    return engine


def _give_up_what_is_silent(context: ExceptionContext) -> None:
    """Have a connection closed, unasked, that did not answer in time: a rollback would wait too."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


def build_sessions(engine: AsyncEngine) -> Sessions:
    """Return the session factory; objects stay readable after commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def ping(engine: AsyncEngine) -> None:
    """Raise unless the database answers."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
