"""Availability's tables, beside messaging's outbox and inbox. The migrations make them."""

from messaging.columns import instant, required
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

# `ended` and `removed` rows, and months without an `as_of`, are kept for their revision alone: it
# keeps late copies of older records out.

host = Table(
    "host",
    metadata,
    required("host_id", Uuid, primary_key=True),
    required("tenant_id", Text),
    required("revision", BigInteger),
    required("ended", Boolean),
    required("active", Boolean),
    required("timezone", Text),
    required("working_hours", JSONB),
    schema=LIVE,
)

calendar = Table(
    "calendar",
    metadata,
    required("calendar_id", Uuid, primary_key=True),
    required("tenant_id", Text),
    required("host_id", Uuid),
    required("revision", BigInteger),
    required("removed", Boolean),
    required("blocks", Boolean),
    required("status", Text),
    Column("fault", Text),
    schema=LIVE,
)

# `month` is a `domain.months.month_number`.
calendar_month = Table(
    "calendar_month",
    metadata,
    required("calendar_id", Uuid, primary_key=True),
    required("month", Integer, primary_key=True),
    required("host_id", Uuid),
    required("tenant_id", Text),
    required("revision", BigInteger),
    Column("as_of", DateTime(timezone=True)),
    schema=LIVE,
)

calendar_check = Table(
    "calendar_check",
    metadata,
    required("calendar_id", Uuid, primary_key=True),
    required("revision", BigInteger),
    instant("as_of"),
    schema=LIVE,
)

busy = Table(
    "busy",
    metadata,
    required("calendar_id", Uuid),
    instant("starts"),
    instant("ends"),
    required("state", busy_state),
    Column("occurrence_id", Text),
    Column("booking_id", Uuid),
    schema=LIVE,
)

busy_date = Table(
    "busy_date",
    metadata,
    required("calendar_id", Uuid),
    required("month", Integer),
    required("start_date", Date),
    required("end_date", Date),
    required("state", busy_state),
    Column("occurrence_id", Text),
    Column("booking_id", Uuid),
    schema=LIVE,
)

booking = Table(
    "booking",
    metadata,
    required("booking_id", Uuid, primary_key=True),
    required("tenant_id", Text),
    required("revision", BigInteger),
    required("ended", Boolean),
    schema=LIVE,
)

claim = Table(
    "claim",
    metadata,
    required("booking_id", Uuid),
    required("tenant_id", Text),
    required("host_id", Uuid),
    instant("starts"),
    instant("ends"),
    required("held", Boolean),
    required("buffer_before", Interval),
    required("buffer_after", Interval),
    instant("reaches_from"),
    instant("reaches_until"),
    schema=LIVE,
)

# Marks that what is announced of a host may be out of date; without a month, all of it. `trace` is
# the context of what made it so.
host_change = Table(
    "host_change",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    required("host_id", Uuid),
    required("tenant_id", Text),
    Column("month", Integer),
    required("trace", JSONB),
)

announced_month = Table(
    "announced_month",
    metadata,
    required("host_id", Uuid, primary_key=True),
    required("month", Integer, primary_key=True),
    required("tenant_id", Text),
    required("revision", BigInteger),
    required("digest", LargeBinary),
)

announced_overlaps = Table(
    "announced_overlaps",
    metadata,
    required("host_id", Uuid, primary_key=True),
    required("tenant_id", Text),
    required("revision", BigInteger),
    required("digest", LargeBinary),
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
