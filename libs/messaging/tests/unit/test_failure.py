"""What is retried for ever, what is dead-lettered at once, what gets the benefit of the doubt."""

import asyncpg
import pytest
from aiokafka.errors import NotLeaderForPartitionError, RequestTimedOutError
from messaging.database import DatabaseUnreachableError
from messaging.delivery import UnreadableRecordError
from messaging.failure import PermanentError, TransientError, Verdict, classify
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

pytestmark = pytest.mark.unit


class DriverError(Exception):
    """What SQLAlchemy wraps; `sqlstate` None where the server said nothing."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("text")
        self.sqlstate = sqlstate


def database_error(sqlstate: str | None, kind: type[DBAPIError] = DBAPIError) -> DBAPIError:
    return kind("SELECT 1", None, DriverError(sqlstate))


@pytest.mark.parametrize(
    "error",
    [
        TransientError("soon"),
        DatabaseUnreachableError("starting up"),
        ConnectionRefusedError(),
        TimeoutError(),
        RequestTimedOutError(),
        NotLeaderForPartitionError(),
        PoolTimeoutError(),
        database_error("08006"),  # connection_failure
        database_error("53300"),  # too_many_connections
        database_error("57P01"),  # admin_shutdown
        database_error("57014"),  # query_canceled, by the statement timeout
        database_error("58030"),  # io_error
        database_error("40001"),  # serialization_failure
        database_error("40P01"),  # deadlock_detected
        database_error("55P03"),  # lock_not_available
        database_error("25006"),  # read_only_sql_transaction, after a failover
        database_error("25P03"),  # idle_in_transaction_session_timeout
        database_error("42P01"),  # undefined_table, before its migration
        database_error("42703"),  # undefined_column
        database_error("42501"),  # insufficient_privilege, before a grant
        database_error(None, InterfaceError),
        database_error(None, OperationalError),
    ],
    ids=repr,
)
def test_what_passes_by_itself_is_retried(error: Exception) -> None:
    assert classify(error) is Verdict.TRANSIENT


def test_a_lost_connection_is_retried_whatever_was_said() -> None:
    lost = DBAPIError("SELECT 1", None, DriverError("23505"), connection_invalidated=True)
    assert classify(lost) is Verdict.TRANSIENT


@pytest.mark.parametrize(
    "error", [PermanentError("never"), UnreadableRecordError("invalid_json", "no JSON")], ids=repr
)
def test_what_can_never_be_handled_is_dead_lettered_at_once(error: Exception) -> None:
    assert classify(error) is Verdict.PERMANENT


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bug"),
        KeyError("bug"),
        database_error("23505", IntegrityError),  # unique_violation
        database_error("22P02"),  # invalid_text_representation
        database_error("42601"),  # syntax_error
        database_error(None),
        asyncpg.UniqueViolationError("of a connection used directly"),
    ],
    ids=repr,
)
def test_other_failures_get_a_few_attempts(error: Exception) -> None:
    assert classify(error) is Verdict.UNKNOWN
