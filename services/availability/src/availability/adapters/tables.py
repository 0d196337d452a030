"""Availability's tables, beside messaging's outbox and inbox. The migrations make them."""

from messaging.columns import instant, required
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
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
from sqlalchemy.dialects.postgresql import JSONB

LIVE = "projection"
"""The schema whose tables answer. A rebuild fills another one, which then takes this name."""

metadata = MetaData()

# `ended` and `removed` rows, and months and checks without an `as_of`, are kept for their revision
# alone: it keeps late copies of older records out. Of what ended before it was told of, they hold
# nothing else.

host = Table(
    "host",
    metadata,
    required("host_id", Uuid, primary_key=True),
    Column("tenant_id", Text),
    required("revision", BigInteger),
    required("ended", Boolean),
    Column("active", Boolean),
    Column("timezone", Text),
    Column("working_hours", Text),
    schema=LIVE,
)

calendar = Table(
    "calendar",
    metadata,
    required("calendar_id", Uuid, primary_key=True),
    Column("tenant_id", Text),
    Column("host_id", Uuid),
    required("revision", BigInteger),
    required("removed", Boolean),
    Column("blocks", Boolean),
    Column("status", Text),
    Column("fault", Text),
    schema=LIVE,
)

# `month` is a `domain.months.month_number`, and the row holds the picture as a whole
# (`month_content`). `beside` are the neighbouring months that it may speak of, `beside_before`
# those of the picture that it replaced.
calendar_month = Table(
    "calendar_month",
    metadata,
    required("calendar_id", Uuid, primary_key=True),
    required("month", Integer, primary_key=True),
    Column("host_id", Uuid),
    Column("tenant_id", Text),
    required("revision", BigInteger),
    Column("as_of", DateTime(timezone=True)),
    Column("bare", LargeBinary),
    Column("singled_out", Text),
    Column("occurrences", Text),
    Column("booking_ids", ARRAY(Uuid)),
    Column("beside", ARRAY(Integer)),
    Column("beside_before", ARRAY(Integer)),
    schema=LIVE,
)

calendar_check = Table(
    "calendar_check",
    metadata,
    required("calendar_id", Uuid, primary_key=True),
    required("revision", BigInteger),
    Column("as_of", DateTime(timezone=True)),
    schema=LIVE,
)

# `times` are the bounds of a merged set, in seconds: all the time the booking was ever to take.
booking = Table(
    "booking",
    metadata,
    required("booking_id", Uuid, primary_key=True),
    Column("tenant_id", Text),
    required("revision", BigInteger),
    required("ended", Boolean),
    Column("host_ids", ARRAY(Uuid)),
    Column("times", ARRAY(BigInteger)),
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
    booking,
    claim,
)
