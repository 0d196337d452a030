"""Entries of bookings in calendars."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CREATE = (
    """
    CREATE TABLE entry (
        calendar_id     uuid NOT NULL REFERENCES calendar ON DELETE CASCADE,
        uid             text NOT NULL,
        tenant_id       text NOT NULL,
        booking_id      uuid NOT NULL,
        command         jsonb NOT NULL,
        state           text NOT NULL CHECK (
            state IN ('pending', 'written', 'by_mail', 'refused', 'failed', 'removed')
        ),
        generation      bigint NOT NULL,
        attempts        integer NOT NULL,
        next_attempt_at timestamptz,
        lease           uuid,
        lease_until     timestamptz,
        fault           text,
        name            text,
        version         text,
        stands_from     timestamptz,
        stands_until    timestamptz,
        settled_at      timestamptz,
        ends_at         timestamptz NOT NULL,
        origin          jsonb NOT NULL,
        answer_type     text,
        answer          jsonb,
        PRIMARY KEY (calendar_id, uid)
    ) WITH (fillfactor = 70)
    """,
    "CREATE INDEX entry_due ON entry (next_attempt_at) WHERE next_attempt_at IS NOT NULL",
)


def upgrade() -> None:
    for statement in _CREATE:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE entry")
