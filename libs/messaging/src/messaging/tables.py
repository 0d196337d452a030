"""The two tables every service has beside its own: outbox and inbox.

A service's first migration runs `CREATE`; its metadata stays free of them.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("payload", LargeBinary, nullable=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

OUTBOX_CHANNEL = "outbox"

OUTBOX_BELL = "hashtextextended('entente.outbox.bell', 0)"
"""The key of the advisory lock that is held while the relay sleeps, see `messaging.doorbell`."""

# The trigger wakes a relay that sleeps; PostgreSQL folds equal notifications of one transaction
# into one.
CREATE: tuple[str, ...] = (
    """
    CREATE TABLE outbox (
        id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id   uuid NOT NULL,
        topic      text NOT NULL,
        key        text NOT NULL,
        headers    jsonb NOT NULL,
        payload    bytea,
        created_at timestamptz NOT NULL DEFAULT now()
    ) WITH (
        autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_scale_factor = 0.0, autovacuum_vacuum_insert_threshold = 5000
    )
    """,
    """
    CREATE TABLE inbox (
        consumer    text NOT NULL,
        event_id    uuid NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id)
    )
    """,
    "CREATE INDEX inbox_received_at ON inbox USING brin (received_at)",
    f"""
    CREATE FUNCTION outbox_wake() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF NOT pg_try_advisory_xact_lock_shared({OUTBOX_BELL}) THEN
            PERFORM pg_notify('{OUTBOX_CHANNEL}', '');
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER outbox_wake AFTER INSERT ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_wake()
    """,
)

DROP: tuple[str, ...] = (
    "DROP TABLE inbox",
    "DROP TABLE outbox",
    "DROP FUNCTION outbox_wake",
)


async def create(execute: Callable[[str], Awaitable[object]]) -> None:
    """Run `CREATE` statement by statement through a driver's `execute`."""
    for statement in CREATE:
        await execute(statement)
