from datetime import UTC, datetime, timedelta

import pytest
from connector.domain.retry import SyncPolicy
from connector.domain.source import FailureKind
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = SyncPolicy()
SECOND = timedelta(seconds=1)

AT_ONCE = [
    FailureKind.AUTHENTICATION,
    FailureKind.PERMISSION,
    FailureKind.GONE,
    FailureKind.NOT_A_CALENDAR,
    FailureKind.TOO_LARGE,
    FailureKind.ADDRESS_REFUSED,
]
PATIENT = [FailureKind.NETWORK, FailureKind.THROTTLED, FailureKind.INVALID_ANSWER]


@pytest.mark.parametrize("kind", AT_ONCE)
def test_what_only_the_owner_can_repair_degrades_at_once(kind: FailureKind) -> None:
    assert POLICY.degrades(kind, failures=1, as_of=NOW, now=NOW)


@pytest.mark.parametrize("kind", PATIENT)
def test_what_may_pass_degrades_after_some_failures(kind: FailureKind) -> None:
    assert not POLICY.degrades(kind, failures=2, as_of=NOW, now=NOW)
    assert POLICY.degrades(kind, failures=3, as_of=NOW, now=NOW)


def test_what_may_pass_degrades_once_the_picture_is_stale() -> None:
    as_of = NOW - POLICY.stale_after
    assert not POLICY.degrades(FailureKind.NETWORK, failures=1, as_of=as_of, now=NOW)
    assert POLICY.degrades(FailureKind.NETWORK, failures=1, as_of=as_of - SECOND, now=NOW)


def test_retries_double_up_to_a_bound() -> None:
    waits = [POLICY.next_retry(n, None, lambda: 0.5) for n in (1, 2, 3, 30)]
    assert waits == [30 * SECOND, 60 * SECOND, 120 * SECOND, POLICY.longest_retry]


def test_a_servers_retry_after_is_honoured_within_a_day() -> None:
    assert POLICY.next_retry(1, timedelta(hours=2), lambda: 0.5) == timedelta(hours=2)
    assert POLICY.next_retry(1, timedelta(days=900), lambda: 0.5) == POLICY.longest


@given(
    hint=st.none() | st.timedeltas(min_value=SECOND, max_value=timedelta(days=900)),
    chance=st.floats(min_value=0, max_value=1, exclude_max=True),
)
def test_a_hint_only_lengthens_the_wait_and_never_beyond_a_day(
    hint: timedelta | None, chance: float
) -> None:
    wait = POLICY.next_reading(hint, lambda: chance)
    assert POLICY.interval * 0.9 <= wait <= POLICY.longest * 1.1
