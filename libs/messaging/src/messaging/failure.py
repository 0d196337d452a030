"""What a failure means for the record that was being handled.

The classification decides whether events are lost: an outage taken for a poison record would
drain a topic into the dead letters, a poison record taken for an outage would block its
partition for ever.
"""

from enum import Enum

from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class TransientError(Exception):
    """Raise (or subclass) for a failure that passes by itself: retried, never dead-lettered."""


class PermanentError(Exception):
    """Raise (or subclass) for a record that can never be handled: dead-lettered at once."""

    reason = "permanent"


class Verdict(Enum):
    """What to do with the record."""

    TRANSIENT = "retry until it passes"
    PERMANENT = "dead letter now"
    UNKNOWN = "retry a few times, then dead letter"


# SQLSTATE classes and codes that a later attempt may not meet (PostgreSQL, Appendix A).
_TRANSIENT_CLASSES = ("08", "53", "57", "58")  # connection, resources, operator, system
_TRANSIENT_CODES = frozenset({"40001", "40P01", "55P03", "25006", "25P03"})
# No table, column, type, function or right: never the record's fault. A migration is still to come,
# as it is where pods and migrations start at the same time, or a grant.
_SCHEMA_CODES = frozenset({"42P01", "42703", "42704", "42883", "42501", "3F000"})


def classify(error: BaseException) -> Verdict:
    """Return what the failure means; unknown kinds of error get the benefit of a few attempts."""
    if isinstance(error, PermanentError):
        return Verdict.PERMANENT
    if isinstance(error, TransientError | OSError | TimeoutError | KafkaError | PoolTimeoutError):
        return Verdict.TRANSIENT
    if isinstance(error, DBAPIError):
        return _classify_database(error)
    return Verdict.UNKNOWN


def _classify_database(error: DBAPIError) -> Verdict:
    if error.connection_invalidated:
        return Verdict.TRANSIENT
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        lost = isinstance(error, InterfaceError | OperationalError)
        return Verdict.TRANSIENT if lost else Verdict.UNKNOWN
    if state in _TRANSIENT_CODES | _SCHEMA_CODES or state.startswith(_TRANSIENT_CLASSES):
        return Verdict.TRANSIENT
    return Verdict.UNKNOWN
