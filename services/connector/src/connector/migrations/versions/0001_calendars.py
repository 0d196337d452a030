"""Hosts, connections, calendars and their synchronisation."""

from alembic import op
from messaging import tables as messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_CREATE = (
    """
    CREATE TABLE host (
        id                uuid PRIMARY KEY,
        tenant_id         text NOT NULL,
        owner             text NOT NULL,
        address           text NOT NULL,
        timezone          text NOT NULL,
        active            boolean NOT NULL,
        revision          bigint NOT NULL,
        settings_revision bigint NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE connection (
        id          uuid PRIMARY KEY,
        tenant_id   text NOT NULL,
        host_id     uuid NOT NULL REFERENCES host,
        owner       text NOT NULL,
        provider    text NOT NULL,
        server      text NOT NULL,
        fingerprint text NOT NULL,
        status      text NOT NULL CHECK (status IN ('connected', 'disconnected')),
        key_id      text,
        credentials bytea,
        revision    bigint NOT NULL,
        created_at  timestamptz NOT NULL,
        CHECK ((key_id IS NULL) = (credentials IS NULL))
    )
    """,
    """
    CREATE UNIQUE INDEX connection_in_use ON connection (host_id, fingerprint)
    WHERE status = 'connected'
    """,
    "CREATE INDEX connection_key_id ON connection (key_id)",
    """
    CREATE TABLE calendar (
        id                  uuid PRIMARY KEY,
        tenant_id           text NOT NULL,
        connection_id       uuid NOT NULL REFERENCES connection,
        host_id             uuid NOT NULL REFERENCES host,
        provider            text NOT NULL,
        remote_id           text NOT NULL,
        name                text NOT NULL,
        timezone            text,
        capabilities        jsonb NOT NULL,
        blocks_availability boolean NOT NULL,
        visible_to_owner    boolean NOT NULL,
        is_default          boolean NOT NULL,
        status              text NOT NULL
            CHECK (status IN ('available', 'connected', 'degraded', 'disconnected')),
        fault               text,
        revision            bigint NOT NULL,
        changed_at          timestamptz NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX calendar_of_connection ON calendar (connection_id, remote_id)",
    "CREATE INDEX calendar_of_host ON calendar (host_id)",
    # One default per host, whoever saves at once. Checked at commit, as a save moves it.
    """
    ALTER TABLE calendar ADD CONSTRAINT calendar_one_default
    EXCLUDE USING btree (host_id WITH =) WHERE (is_default) DEFERRABLE INITIALLY DEFERRED
    """,
    """
    CREATE TABLE calendar_sync (
        calendar_id        uuid PRIMARY KEY REFERENCES calendar ON DELETE CASCADE,
        tenant_id          text NOT NULL,
        server             text NOT NULL,
        cursor             jsonb,
        next_sync_at       timestamptz,
        lease              uuid,
        lease_until        timestamptz,
        failures           integer NOT NULL DEFAULT 0,
        as_of              timestamptz,
        checked_at         timestamptz,
        basis              text,
        entries            integer NOT NULL DEFAULT 0,
        revision           bigint NOT NULL DEFAULT 0,
        deletions_approved boolean NOT NULL DEFAULT false
    ) WITH (fillfactor = 70)
    """,
    "CREATE INDEX calendar_sync_due ON calendar_sync (next_sync_at)",
    "CREATE INDEX calendar_sync_leased ON calendar_sync (server) WHERE lease IS NOT NULL",
    """
    CREATE TABLE calendar_object (
        calendar_id uuid NOT NULL REFERENCES calendar ON DELETE CASCADE,
        name        text NOT NULL,
        tenant_id   text NOT NULL,
        media_type  text NOT NULL,
        etag        text,
        content     bytea NOT NULL,
        PRIMARY KEY (calendar_id, name)
    )
    """,
    # The content is compressed already.
    "ALTER TABLE calendar_object ALTER COLUMN content SET STORAGE EXTERNAL",
    """
    CREATE TABLE month_picture (
        calendar_id uuid NOT NULL REFERENCES calendar ON DELETE CASCADE,
        month       text NOT NULL,
        tenant_id   text NOT NULL,
        digest      bytea NOT NULL,
        revision    bigint NOT NULL,
        PRIMARY KEY (calendar_id, month)
    )
    """,
    """
    CREATE TABLE broken_event (
        calendar_id uuid NOT NULL REFERENCES calendar ON DELETE CASCADE,
        position    integer NOT NULL,
        tenant_id   text NOT NULL,
        uid         text NOT NULL,
        reason      text NOT NULL,
        line        integer NOT NULL,
        PRIMARY KEY (calendar_id, position)
    )
    """,
    """
    CREATE TABLE source_push (
        calendar_id uuid PRIMARY KEY REFERENCES calendar ON DELETE CASCADE,
        tenant_id   text NOT NULL,
        sequence    bigint NOT NULL,
        digest      bytea NOT NULL
    )
    """,
    """
    CREATE TABLE audit (
        id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at        timestamptz NOT NULL DEFAULT now(),
        tenant_id text NOT NULL,
        actor     text NOT NULL,
        action    text NOT NULL,
        subject   uuid NOT NULL,
        outcome   text NOT NULL
    )
    """,
    """
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)

_TABLES = (
    "audit",
    "source_push",
    "broken_event",
    "month_picture",
    "calendar_object",
    "calendar_sync",
    "calendar",
    "connection",
    "host",
)


def upgrade() -> None:
    for statement in (*messaging_tables.CREATE, *_CREATE):
        op.execute(statement)


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION audit_is_append_only")
    for statement in messaging_tables.DROP:
        op.execute(statement)
