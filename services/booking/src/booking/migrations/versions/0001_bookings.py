"""Hosts, meeting types, queue, bookings and their claims."""

from alembic import op
from messaging import tables as messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_CREATE = (
    """
    CREATE TABLE host (
        id        uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        revision  bigint NOT NULL,
        state     jsonb NOT NULL
    )
    """,
    "CREATE INDEX host_tenant ON host (tenant_id)",
    """
    CREATE TABLE meeting_type (
        id        uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        slug      text NOT NULL CONSTRAINT meeting_type_slug UNIQUE,
        revision  bigint NOT NULL,
        state     jsonb NOT NULL
    )
    """,
    "CREATE INDEX meeting_type_tenant ON meeting_type (tenant_id)",
    """
    CREATE TABLE calendar (
        id        uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        host_id   uuid NOT NULL,
        revision  bigint NOT NULL,
        state     jsonb NOT NULL
    )
    """,
    "CREATE INDEX calendar_host ON calendar (host_id)",
    """
    CREATE TABLE queue_member (
        host_id        uuid PRIMARY KEY,
        tenant_id      text NOT NULL,
        joined_at      timestamptz NOT NULL,
        last_chosen_at timestamptz,
        skipped        text
    )
    """,
    "CREATE INDEX queue_member_tenant ON queue_member (tenant_id, joined_at)",
    """
    CREATE TABLE booking (
        id           uuid PRIMARY KEY,
        tenant_id    text NOT NULL,
        revision     bigint NOT NULL,
        status       text NOT NULL,
        host_ids     uuid[] NOT NULL,
        holds        boolean NOT NULL,
        starts_at    timestamptz NOT NULL,
        wake_at      timestamptz,
        guest_digest bytea NOT NULL,
        host_secret  bytea NOT NULL,
        guest_secret bytea NOT NULL,
        state        jsonb NOT NULL
    )
    """,
    "CREATE INDEX booking_agenda ON booking (tenant_id, starts_at)",
    "CREATE INDEX booking_wake ON booking (wake_at) WHERE wake_at IS NOT NULL",
    """
    CREATE INDEX booking_undecided ON booking USING gin (host_ids)
    WHERE status = 'proposed' AND NOT holds
    """,
    "CREATE INDEX booking_unanswered ON booking (guest_digest) WHERE status = 'proposed'",
    # A range over one host lets GiST compare hosts without the extension btree_gist.
    "CREATE TYPE uuidrange AS RANGE (subtype = uuid)",
    # One row per booking and host: a multirange covers all its dates, buffers included. Released
    # claims are deleted, so every row counts. No foreign key: both are written by one statement.
    """
    CREATE TABLE slot_claim (
        booking_id uuid NOT NULL,
        host_id    uuid NOT NULL,
        during     tstzmultirange NOT NULL CHECK (NOT isempty(during)),
        PRIMARY KEY (booking_id, host_id),
        CONSTRAINT no_double_booking EXCLUDE USING gist
            (uuidrange(host_id, host_id, '[]') WITH &&, during WITH &&)
    )
    """,
    # Claims are inserted with ON CONFLICT DO NOTHING: it waits for a rival without the deadlock of
    # a plain insert into an exclusion constraint. What was not granted undoes the statement.
    """
    CREATE FUNCTION require_claims(granted bigint, wanted bigint) RETURNS void
    LANGUAGE plpgsql AS $$ BEGIN
        IF granted <> wanted THEN
            RAISE EXCEPTION 'the time is taken'
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'no_double_booking';
        END IF;
    END $$
    """,
    """
    CREATE TABLE idempotency_key (
        tenant_id  text NOT NULL,
        caller     text NOT NULL,
        key        text NOT NULL,
        request    bytea NOT NULL,
        answer     jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, caller, key)
    )
    """,
    "CREATE INDEX idempotency_key_created_at ON idempotency_key USING brin (created_at)",
    """
    CREATE TABLE conflict (
        booking_id    uuid NOT NULL,
        calendar_id   uuid NOT NULL,
        occurrence    text NOT NULL,
        slot_start    timestamptz NOT NULL,
        detected_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (booking_id, calendar_id, occurrence, slot_start)
    )
    """,
    """
    CREATE TABLE rate_bucket (
        key        bytea PRIMARY KEY,
        tokens     double precision NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
    )
    """,
)
_DROP = (
    *(
        f"DROP TABLE {name}"
        for name in (
            "rate_bucket",
            "conflict",
            "idempotency_key",
            "slot_claim",
            "booking",
            "queue_member",
            "calendar",
            "meeting_type",
            "host",
        )
    ),
    "DROP FUNCTION require_claims",
    "DROP TYPE uuidrange",
)


def upgrade() -> None:
    for statement in (*messaging_tables.CREATE, *_CREATE):
        op.execute(statement)


def downgrade() -> None:
    for statement in (*_DROP, *messaging_tables.DROP):
        op.execute(statement)
