"""The projections, and what was announced from them."""

from alembic import op
from messaging import tables as messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A schema of its own, so that a rebuilt one takes its place by a change of name.
_PROJECTION = (
    "CREATE SCHEMA projection",
    """
    CREATE TABLE projection.host (
        host_id       uuid PRIMARY KEY,
        tenant_id     text,
        revision      bigint NOT NULL,
        ended         boolean NOT NULL,
        active        boolean,
        timezone      text,
        working_hours text,
        CHECK (ended OR (tenant_id, active, timezone, working_hours) IS NOT NULL)
    )
    """,
    """
    CREATE TABLE projection.calendar (
        calendar_id uuid PRIMARY KEY,
        tenant_id   text,
        host_id     uuid,
        revision    bigint NOT NULL,
        removed     boolean NOT NULL,
        blocks      boolean,
        status      text,
        fault       text,
        CHECK (removed OR (tenant_id, host_id, blocks, status) IS NOT NULL)
    )
    """,
    """
    CREATE INDEX calendar_of_host ON projection.calendar (host_id)
    WHERE blocks AND NOT removed
    """,
    """
    CREATE TABLE projection.calendar_month (
        calendar_id   uuid NOT NULL,
        month         integer NOT NULL,
        host_id       uuid,
        tenant_id     text,
        revision      bigint NOT NULL,
        as_of         timestamptz,
        bare          bytea,
        singled_out   text,
        occurrences   text,
        booking_ids   uuid[],
        beside        integer[],
        beside_before integer[],
        PRIMARY KEY (calendar_id, month) INCLUDE (as_of),
        CHECK (as_of IS NULL OR (host_id, tenant_id) IS NOT NULL)
    ) WITH (
        autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_scale_factor = 0.02
    )
    """,
    # Every answer reads it: it stays in the row, and as it is, unless it is long.
    "ALTER TABLE projection.calendar_month ALTER bare SET STORAGE MAIN",
    """
    CREATE TABLE projection.calendar_check (
        calendar_id uuid PRIMARY KEY,
        revision    bigint NOT NULL,
        as_of       timestamptz
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE TABLE projection.booking (
        booking_id uuid PRIMARY KEY,
        tenant_id  text,
        revision   bigint NOT NULL,
        ended      boolean NOT NULL,
        host_ids   uuid[],
        times      bigint[],
        CHECK (ended OR (tenant_id, host_ids) IS NOT NULL)
    )
    """,
    """
    CREATE TABLE projection.claim (
        booking_id    uuid NOT NULL,
        tenant_id     text NOT NULL,
        host_id       uuid NOT NULL,
        starts        timestamptz NOT NULL,
        ends          timestamptz NOT NULL,
        held          boolean NOT NULL,
        buffer_before interval NOT NULL,
        buffer_after  interval NOT NULL,
        reaches_from  timestamptz NOT NULL,
        reaches_until timestamptz NOT NULL,
        CHECK (reaches_from <= starts AND starts < ends AND ends <= reaches_until)
    )
    """,
    "CREATE INDEX claim_of_host ON projection.claim (host_id, reaches_until)",
    "CREATE INDEX claim_of_booking ON projection.claim (booking_id)",
)

# Not projections: their revisions must grow for as long as anyone listens.
_ANNOUNCEMENTS = (
    """
    CREATE TABLE host_change (
        id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        host_id   uuid NOT NULL,
        tenant_id text NOT NULL,
        month     integer,
        trace     jsonb NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000)
    """,
    """
    CREATE TABLE announced_month (
        host_id   uuid NOT NULL,
        month     integer NOT NULL,
        tenant_id text NOT NULL,
        revision  bigint NOT NULL,
        digest    bytea NOT NULL,
        PRIMARY KEY (host_id, month)
    )
    """,
    """
    CREATE TABLE announced_overlaps (
        host_id   uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        revision  bigint NOT NULL,
        digest    bytea NOT NULL
    )
    """,
)


def upgrade() -> None:
    for statement in (*messaging_tables.CREATE, *_PROJECTION, *_ANNOUNCEMENTS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("announced_overlaps", "announced_month", "host_change"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP SCHEMA projection CASCADE")
    for statement in messaging_tables.DROP:
        op.execute(statement)
