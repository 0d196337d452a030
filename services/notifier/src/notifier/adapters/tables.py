"""The notifier's tables, beside messaging's outbox and inbox. The migrations make them."""

from typing import Any

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


def _required(name: str, kind: Any, *, primary_key: bool = False) -> Column[Any]:
    return Column(name, kind, primary_key=primary_key, nullable=False)


def _instant(name: str) -> Column[Any]:
    return _required(name, DateTime(timezone=True))


booking = Table(
    "booking",
    metadata,
    _required("booking_id", Uuid, primary_key=True),
    _required("tenant_id", Text),
    _required("revision", BigInteger),
    _required("document", JSONB),
)

reminder = Table(
    "reminder",
    metadata,
    _required("booking_id", Uuid, primary_key=True),
    _required("minutes_before", Integer, primary_key=True),
    _instant("due_at"),
)

owner = Table(
    "owner",
    metadata,
    _required("host_id", Uuid, primary_key=True),
    _required("revision", BigInteger),
    _required("name", Text),
    _required("address", Text),
    _required("timezone", Text),
    _required("locale", Text),
)

calendar = Table(
    "calendar",
    metadata,
    _required("calendar_id", Uuid, primary_key=True),
    _required("connection_id", Uuid),
    _required("revision", BigInteger),
    _required("writable", Boolean),
    _required("broken", Boolean),
)

breakage = Table(
    "breakage",
    metadata,
    _required("connection_id", Uuid, primary_key=True),
    _required("tenant_id", Text),
    _required("host_id", Uuid),
    _required("calendar_id", Uuid),
    _required("calendar", Text),
    _required("fault", Text),
    _required("revision", BigInteger),
    _instant("since"),
    _required("is_gone", Boolean),
    _required("told", Boolean),
)

# `fence` counts the claims; `trace` is the context of the change that is told.
mail = Table(
    "mail",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _required("mail_id", Uuid),
    _required("about", Uuid),
    _required("tenant_id", Text),
    _required("revision", BigInteger),
    _required("party", Text),
    _required("role", Text),
    Column("host_id", Uuid),
    _required("kind", Text),
    _required("occasion", Text),
    _required("message_id", Text),
    Column("recipient", Text),
    Column("message", LargeBinary),
    _required("trace", JSONB),
    _required("state", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", DateTime(timezone=True)),
    _instant("next_attempt_at"),
    _instant("give_up_at"),
    Column("reply_code", Integer),
    Column("fault", Text),
    Column("settled_at", DateTime(timezone=True)),
)
