"""The connector's tables, beside messaging's outbox and inbox. The migrations make them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_IN_USE = text("status = 'connected'")


def _instant(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _calendar_id() -> Column[Any]:
    return Column(
        "calendar_id", Uuid, ForeignKey("calendar.id", ondelete="CASCADE"), primary_key=True
    )


def _tenant_id() -> Column[Any]:
    return Column("tenant_id", Text, nullable=False)


host = Table(
    "host",
    metadata,
    Column("id", Uuid, primary_key=True),
    _tenant_id(),
    Column("owner", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("settings_revision", BigInteger, nullable=False, server_default=text("0")),
)

connection = Table(
    "connection",
    metadata,
    Column("id", Uuid, primary_key=True),
    _tenant_id(),
    Column("host_id", Uuid, ForeignKey("host.id"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("server", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("key_id", Text),
    Column("credentials", LargeBinary),
    Column("revision", BigInteger, nullable=False),
    _instant("created_at", nullable=False),
    # One account is connected once per host, however often the form is sent.
    Index("connection_in_use", "host_id", "fingerprint", unique=True, postgresql_where=_IN_USE),
    Index("connection_key_id", "key_id"),
)

calendar = Table(
    "calendar",
    metadata,
    Column("id", Uuid, primary_key=True),
    _tenant_id(),
    Column("connection_id", Uuid, ForeignKey("connection.id"), nullable=False),
    Column("host_id", Uuid, ForeignKey("host.id"), nullable=False),
    Column("provider", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text),
    Column("capabilities", JSONB, nullable=False),
    Column("blocks_availability", Boolean, nullable=False),
    Column("visible_to_owner", Boolean, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("fault", Text),
    Column("revision", BigInteger, nullable=False),
    _instant("changed_at", nullable=False),
    Index("calendar_of_connection", "connection_id", "remote_id", unique=True),
    Index("calendar_of_host", "host_id"),
)

calendar_sync = Table(
    "calendar_sync",
    metadata,
    _calendar_id(),
    _tenant_id(),
    Column("server", Text, nullable=False),
    Column("cursor", JSONB(none_as_null=True)),
    _instant("next_sync_at"),
    Column("lease", Uuid),
    _instant("lease_until"),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    _instant("as_of"),
    _instant("checked_at"),
    Column("basis", Text),
    Column("entries", Integer, nullable=False, server_default=text("0")),
    Column("revision", BigInteger, nullable=False, server_default=text("0")),
    Column("deletions_approved", Boolean, nullable=False, server_default=text("false")),
    Index("calendar_sync_due", "next_sync_at"),
    Index("calendar_sync_leased", "server", postgresql_where=text("lease IS NOT NULL")),
)

calendar_object = Table(
    "calendar_object",
    metadata,
    _calendar_id(),
    Column("name", Text, primary_key=True),
    _tenant_id(),
    Column("media_type", Text, nullable=False),
    Column("etag", Text),
    Column("content", LargeBinary, nullable=False),
)

month_picture = Table(
    "month_picture",
    metadata,
    _calendar_id(),
    Column("month", Text, primary_key=True),
    _tenant_id(),
    Column("digest", LargeBinary, nullable=False),
    Column("revision", BigInteger, nullable=False),
)

broken_event = Table(
    "broken_event",
    metadata,
    _calendar_id(),
    Column("position", Integer, primary_key=True),
    _tenant_id(),
    Column("uid", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("line", Integer, nullable=False),
)

source_push = Table(
    "source_push",
    metadata,
    _calendar_id(),
    _tenant_id(),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    _calendar_id(),
    Column("uid", Text, primary_key=True),
    _tenant_id(),
    Column("booking_id", Uuid, nullable=False),
    Column("command", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    _instant("next_attempt_at"),
    Column("lease", Uuid),
    _instant("lease_until"),
    Column("fault", Text),
    Column("name", Text),
    Column("version", Text),
    _instant("stands_from"),
    _instant("stands_until"),
    _instant("settled_at"),
    # The latest end it ever had: past it, nobody asks for the entry any more.
    _instant("ends_at", nullable=False),
    Column("origin", JSONB, nullable=False),
    Column("answer_type", Text),
    Column("answer", JSONB(none_as_null=True)),
    Index("entry_due", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _tenant_id(),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("outcome", Text, nullable=False),
)
