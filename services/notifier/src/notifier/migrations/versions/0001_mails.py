"""What was heard of bookings and calendars, the reminders, and the ledger of mails."""

from alembic import op
from messaging import tables as messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_CREATE = (
    """
    CREATE TABLE booking (
        booking_id uuid PRIMARY KEY,
        tenant_id  text NOT NULL,
        revision   bigint NOT NULL,
        document   jsonb NOT NULL,
        heard_at   timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE reminder (
        booking_id     uuid NOT NULL REFERENCES booking ON DELETE CASCADE,
        minutes_before integer NOT NULL,
        due_at         timestamptz NOT NULL,
        PRIMARY KEY (booking_id, minutes_before)
    )
    """,
    "CREATE INDEX reminder_due ON reminder (due_at)",
    """
    CREATE TABLE owner (
        host_id  uuid PRIMARY KEY,
        revision bigint NOT NULL,
        name     text NOT NULL,
        address  text NOT NULL,
        timezone text NOT NULL,
        locale   text NOT NULL
    )
    """,
    """
    CREATE TABLE calendar (
        calendar_id   uuid PRIMARY KEY,
        connection_id uuid NOT NULL,
        revision      bigint NOT NULL,
        writable      boolean NOT NULL,
        broken        boolean NOT NULL
    )
    """,
    "CREATE INDEX calendar_broken ON calendar (connection_id) WHERE broken",
    """
    CREATE TABLE breakage (
        connection_id uuid PRIMARY KEY,
        tenant_id     text NOT NULL,
        host_id       uuid NOT NULL,
        calendar_id   uuid NOT NULL,
        calendar      text NOT NULL,
        fault         text NOT NULL,
        revision      bigint NOT NULL,
        since         timestamptz NOT NULL,
        is_gone       boolean NOT NULL,
        told          boolean NOT NULL
    )
    """,
    "CREATE INDEX breakage_untold ON breakage (host_id) WHERE NOT told",
    # Message and recipient are kept only until the mail is settled.
    """
    CREATE TABLE mail (
        id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        mail_id         uuid NOT NULL UNIQUE,
        about           uuid NOT NULL,
        tenant_id       text NOT NULL,
        revision        bigint NOT NULL,
        party           text NOT NULL,
        role            text NOT NULL,
        host_id         uuid,
        kind            text NOT NULL,
        occasion        text NOT NULL,
        message_id      text NOT NULL,
        recipient       text,
        message         bytea,
        trace           jsonb NOT NULL,
        state           text NOT NULL
            CHECK (state IN ('pending', 'sent', 'failed', 'withdrawn')),
        attempts        integer NOT NULL DEFAULT 0,
        fence           bigint NOT NULL DEFAULT 0,
        lease_until     timestamptz,
        next_attempt_at timestamptz NOT NULL,
        give_up_at      timestamptz NOT NULL,
        reply_code      integer,
        fault           text,
        recorded_at     timestamptz NOT NULL DEFAULT now(),
        settled_at      timestamptz,
        UNIQUE (about, revision, party, kind, occasion),
        CHECK (state <> 'pending' OR (message IS NOT NULL AND recipient IS NOT NULL)),
        CHECK (state = 'pending' OR (message IS NULL AND recipient IS NULL))
    )
    """,
    "CREATE INDEX mail_due ON mail (next_attempt_at) WHERE state = 'pending'",
    "CREATE INDEX mail_waiting ON mail (about, party, id) WHERE state = 'pending'",
)

_DROP = ("DROP TABLE mail, breakage, calendar, owner, reminder, booking",)


def upgrade() -> None:
    for statement in (*messaging_tables.CREATE, *_CREATE):
        op.execute(statement)


def downgrade() -> None:
    for statement in (*_DROP, *messaging_tables.DROP):
        op.execute(statement)
