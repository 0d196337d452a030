from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from connector.domain.source import (
    Access,
    Capabilities,
    Changes,
    CheckResult,
    DiscoveredCalendar,
    FailureKind,
    Resource,
    Unchanged,
)

pytestmark = pytest.mark.unit

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESOURCE = Resource(content=b"BEGIN:VCALENDAR", media_type="text/calendar")
READER = Capabilities(
    read=True,
    write=False,
    holds=False,
    push=False,
    delta=False,
    freebusy_only=False,
    two_way=False,
    sends_own_invites=False,
    max_staleness=timedelta(hours=8),
)


def test_empty_resource_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="content"):
        Resource(content=b" \r\n", media_type="text/calendar")


def test_reading_is_of_an_aware_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        Unchanged(as_of=NOON.replace(tzinfo=None), cursor={})


def test_complete_reading_removes_by_leaving_out() -> None:
    with pytest.raises(ValueError, match="leaving out"):
        Changes(as_of=NOON, cursor={}, upserted={}, removed=frozenset({"a"}), complete=True)


def test_resource_is_not_both_upserted_and_removed() -> None:
    with pytest.raises(ValueError, match="either"):
        Changes(as_of=NOON, cursor={}, upserted={"a": RESOURCE}, removed=frozenset({"a"}))


def test_poll_hint_of_nothing_would_poll_at_once() -> None:
    with pytest.raises(ValueError, match="positive"):
        Unchanged(as_of=NOON, cursor={}, next_poll_hint=timedelta())


def test_calendar_without_remote_id_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="remote id"):
        DiscoveredCalendar(remote_id="", name="Work", access=Access.READ)


def test_capabilities_do_not_contradict_each_other() -> None:
    assert replace(READER, write=True, two_way=True).two_way
    with pytest.raises(ValueError, match="need write"):
        replace(READER, holds=True)
    with pytest.raises(ValueError, match="readable entries"):
        replace(READER, write=True, two_way=True, freebusy_only=True)
    with pytest.raises(ValueError, match="max_staleness"):
        replace(READER, max_staleness=timedelta())


def test_connection_test_tells_no_refused_address_from_an_unreachable_one() -> None:
    assert FailureKind.ADDRESS_REFUSED.check_result is FailureKind.NETWORK.check_result


def test_every_failure_has_an_answer_in_a_connection_test() -> None:
    assert CheckResult.OK not in {kind.check_result for kind in FailureKind}


def test_readings_do_not_print_private_data() -> None:
    reading = Changes(as_of=NOON, cursor={"token": "s3cret"}, upserted={"a": RESOURCE})
    assert "VCALENDAR" not in repr(reading)
    assert "s3cret" not in repr(reading)
