"""Availability's tables, beside messaging's outbox and inbox. The migrations make them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from availability.domain.busy_state import PRECEDENCE

LIVE = "projection"
"""The schema whose tables answer. A rebuild fills another one, which then takes this name."""

metadata = MetaData()

busy_state = ENUM(*(state.value for state in PRECEDENCE), name="busy_state", create_type=False)


def _required(name: str, kind: Any, *, primary_key: bool = False) -> Column[Any]:
    return Column(name, kind, primary_key=primary_key, nullable=False)


def _instant(name: str) -> Column[Any]:
    return _required(name, DateTime(timezone=True))


# `ended` and `removed` rows, and months without an `as_of`, are kept for their revision alone: it
# keeps late copies of older records out.

host = Table(
    "host",
    metadata,
    _required("host_id", Uuid, primary_key=True),
    _required("tenant_id", Text),
    _required("revision", BigInteger),
    _required("ended", Boolean),
    _required("active", Boolean),
    _required("timezone", Text),
    _required("working_hours", JSONB),
    schema=LIVE,
)

calendar = Table(
    "calendar",
    metadata,
    _required("calendar_id", Uuid, primary_key=True),
    _required("tenant_id", Text),
    _required("host_id", Uuid),
    _required("revision", BigInteger),
    _required("removed", Boolean),
    _required("blocks", Boolean),
    _required("status", Text),
    Column("fault", Text),
    schema=LIVE,
)

# `month` is a `domain.months.month_number`.
calendar_month = Table(
    "calendar_month",
    metadata,
    _required("calendar_id", Uuid, primary_key=True),
    _required("month", Integer, primary_key=True),
    _required("host_id", Uuid),
    _required("tenant_id", Text),
    _required("revision", BigInteger),
    Column("as_of", DateTime(timezone=True)),
    schema=LIVE,
)

calendar_check = Table(
    "calendar_check",
    metadata,
    _required("calendar_id", Uuid, primary_key=True),
    _required("revision", BigInteger),
    _instant("as_of"),
    schema=LIVE,
)

busy = Table(
    "busy",
    metadata,
    _required("calendar_id", Uuid),
    _instant("starts"),
    _instant("ends"),
    _required("state", busy_state),
    Column("occurrence_id", Text),
    Column("booking_id", Uuid),
    schema=LIVE,
)

busy_date = Table(
    "busy_date",
    metadata,
    _required("calendar_id", Uuid),
    _required("month", Integer),
    _required("start_date", Date),
    _required("end_date", Date),
    _required("state", busy_state),
    Column("occurrence_id", Text),
    Column("booking_id", Uuid),
    schema=LIVE,
)

booking = Table(
    "booking",
    metadata,
    _required("booking_id", Uuid, primary_key=True),
    _required("tenant_id", Text),
    _required("revision", BigInteger),
    _required("ended", Boolean),
    schema=LIVE,
)

claim = Table(
    "claim",
    metadata,
    _required("booking_id", Uuid),
    _required("tenant_id", Text),
    _required("host_id", Uuid),
    _instant("starts"),
    _instant("ends"),
    _required("held", Boolean),
    _required("buffer_before", Interval),
    _required("buffer_after", Interval),
    _instant("reaches_from"),
    _instant("reaches_until"),
    schema=LIVE,
)

# Marks that what is announced of a host may be out of date; without a month, all of it. `trace` is
# the context of what made it so.
host_change = Table(
    "host_change",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _required("host_id", Uuid),
    _required("tenant_id", Text),
    Column("month", Integer),
    _required("trace", JSONB),
)

announced_month = Table(
    "announced_month",
    metadata,
    _required("host_id", Uuid, primary_key=True),
    _required("month", Integer, primary_key=True),
    _required("tenant_id", Text),
    _required("revision", BigInteger),
    _required("digest", LargeBinary),
)

announced_overlaps = Table(
    "announced_overlaps",
    metadata,
    _required("host_id", Uuid, primary_key=True),
    _required("tenant_id", Text),
    _required("revision", BigInteger),
    _required("digest", LargeBinary),
)

PROJECTION: tuple[Table, ...] = (
    host,
    calendar,
    calendar_month,
    calendar_check,
    busy,
    busy_date,
    booking,
    claim,
)
