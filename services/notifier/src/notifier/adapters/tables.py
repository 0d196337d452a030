"""The notifier's tables, beside messaging's outbox and inbox. The migrations make them."""

from messaging.columns import instant, required
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

booking = Table(
    "booking",
    metadata,
    required("booking_id", Uuid, primary_key=True),
    required("tenant_id", Text),
    required("revision", BigInteger),
    required("document", JSONB),
)

reminder = Table(
    "reminder",
    metadata,
    required("booking_id", Uuid, primary_key=True),
    required("minutes_before", Integer, primary_key=True),
    instant("due_at"),
)

owner = Table(
    "owner",
    metadata,
    required("host_id", Uuid, primary_key=True),
    required("revision", BigInteger),
    required("name", Text),
    required("address", Text),
    required("timezone", Text),
    required("locale", Text),
)

calendar = Table(
    "calendar",
    metadata,
    required("calendar_id", Uuid, primary_key=True),
    required("connection_id", Uuid),
    required("revision", BigInteger),
    required("writable", Boolean),
    required("broken", Boolean),
)

breakage = Table(
    "breakage",
    metadata,
    required("connection_id", Uuid, primary_key=True),
    required("tenant_id", Text),
    required("host_id", Uuid),
    required("calendar_id", Uuid),
    required("calendar", Text),
    required("fault", Text),
    required("revision", BigInteger),
    instant("since"),
    required("is_gone", Boolean),
    required("told", Boolean),
)

# `fence` counts the claims; `trace` is the context of the change that is told; `entry` is what a
# host was told of the one in the own calendar.
mail = Table(
    "mail",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    required("mail_id", Uuid),
    required("about", Uuid),
    required("tenant_id", Text),
    required("revision", BigInteger),
    required("party", Text),
    required("role", Text),
    Column("host_id", Uuid),
    required("kind", Text),
    required("occasion", Text),
    Column("entry", Text),
    required("message_id", Text),
    Column("recipient", Text),
    Column("message", LargeBinary),
    required("trace", JSONB),
    required("state", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", DateTime(timezone=True)),
    instant("next_attempt_at"),
    instant("give_up_at"),
    Column("reply_code", Integer),
    Column("fault", Text),
    Column("settled_at", DateTime(timezone=True)),
)
