"""The quick reading of busy time says what the contract's models say."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from availability.adapters.busy_decoder import decode_busy
from availability.domain.busy_state import BusyState
from availability.domain.calendar_check import CalendarCheck
from availability.domain.host import AllDayOccurrence, TimedOccurrence
from availability.domain.month_picture import MonthPicture
from availability.domain.months import month_number
from availability_lab.facts import HostFacts, all_day, at, timed
from entente_contracts import BusyState as ToldState
from entente_contracts import CalendarChanged, CalendarChecked, encode
from messaging.delivery import UnreadableRecordError

pytestmark = pytest.mark.unit

BOOKING = UUID("019a6f30-4c2d-7e18-a4b7-92d1c0e3f500")


def seconds(moment: str) -> int:
    return int(at(moment).timestamp())


def picture_of(changed: CalendarChanged) -> MonthPicture:
    picture = decode_busy(CalendarChanged.type, encode(changed))
    assert isinstance(picture, MonthPicture)
    return picture


def body(**changes: Any) -> bytes:
    changed = HostFacts("acme").calendar().picture("2026-12")
    return json.dumps(json.loads(encode(changed)) | changes).encode()


def test_a_month_is_read_with_everything_that_counts() -> None:
    calendar = HostFacts("acme").calendar()
    changed = calendar.picture(
        "2026-12",
        timed("2026-12-01T08:00", "2026-12-01T09:00", name="a", booking_id=BOOKING),
        timed("2026-12-01T10:00", "2026-12-01T11:00", ToldState.FREE),
        all_day("2026-12-21", "2026-12-24", ToldState.OUT_OF_OFFICE, name="b"),
        as_of=at("2026-11-21T09:30:01.9"),
    )
    assert picture_of(changed) == MonthPicture(
        calendar_id=calendar.calendar_id,
        host_id=calendar.host.host_id,
        tenant_id="acme",
        month=month_number("2026-12"),
        revision=1,
        as_of=datetime(2026, 11, 21, 9, 30, 1, 900_000, tzinfo=UTC),
        occurrences=[
            TimedOccurrence(
                seconds("2026-12-01T08:00"),
                seconds("2026-12-01T09:00"),
                BusyState.BUSY,
                "a",
                BOOKING,
            ),
            AllDayOccurrence(
                date(2026, 12, 21), date(2026, 12, 24), BusyState.OUT_OF_OFFICE, "b", None
            ),
        ],
    )


def test_fractions_of_a_second_count_as_whole_ones() -> None:
    calendar = HostFacts("acme").calendar()
    changed = calendar.picture("2026-12", timed("2026-12-01T08:00:00.9", "2026-12-01T08:00:01.1"))
    (occurrence,) = picture_of(changed).occurrences
    assert isinstance(occurrence, TimedOccurrence)
    begin = seconds("2026-12-01T08:00")
    assert (occurrence.start, occurrence.end) == (begin, begin + 2)


def test_a_state_from_the_future_is_busy_and_a_field_from_there_is_ignored() -> None:
    occurrence = {
        "kind": "timed",
        "start": "2026-12-01T08:00:00Z",
        "end": "2026-12-01T09:00:00Z",
        "state": "working_elsewhere",
        "mood": "good",
    }
    picture = decode_busy(CalendarChanged.type, body(occurrences=[occurrence], colour="red"))
    assert isinstance(picture, MonthPicture)
    assert [row.state for row in picture.occurrences] == [BusyState.BUSY]


def test_a_check_is_read() -> None:
    calendar = HostFacts("acme").calendar()
    checked = calendar.checked(as_of=at("2026-12-01T08:00"), revision=7)
    assert decode_busy(CalendarChecked.type, encode(checked)) == CalendarCheck(
        calendar.calendar_id, 7, at("2026-12-01T08:00")
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"{", "invalid_json"),
        (body(tenant_id="acme").replace(b"acme", b"\xff"), "invalid_json"),
        (body()[:-1] + b',"x":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "invalid_json"),
        (b"[]", "invalid_body"),
        (body(revision=0), "invalid_body"),
        (body(as_of="2026-12-01T08:00:00"), "invalid_body"),
        (body(as_of="0001-01-01T00:00:00+14:00"), "invalid_body"),
        (body(revision=2**63), "invalid_body"),
        (body(month="2026-13"), "invalid_body"),
        (body(month="0000-01"), "invalid_body"),
        (body(month="9999-12"), "invalid_body"),
        (body(calendar_id="secret"), "invalid_body"),
        (body(occurrences=[{"kind": "secret"}]), "invalid_body"),
        (
            body(
                occurrences=[
                    {
                        "kind": "timed",
                        "start": "2026-12-01T01:00:00Z",
                        "end": "2026-12-01T01:00:00Z",
                        "state": "busy",
                    }
                ]
            ),
            "invalid_body",
        ),
        (
            body(
                occurrences=[
                    {
                        "kind": "timed",
                        "start": "2026-11-30T23:00:00Z",
                        "end": "2026-12-01T01:00:00Z",
                        "state": "busy",
                    }
                ]
            ),
            "invalid_body",
        ),
        (
            body(
                occurrences=[
                    {
                        "kind": "all_day",
                        "start_date": "2026-12-31",
                        "end_date": "2027-01-02",
                        "state": "busy",
                    }
                ]
            ),
            "invalid_body",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_without_quoting_it(value: bytes, reason: str) -> None:
    with pytest.raises(UnreadableRecordError) as unreadable:
        decode_busy(CalendarChanged.type, value)
    assert unreadable.value.reason == reason
    assert "secret" not in str(unreadable.value)


def test_another_type_is_refused() -> None:
    with pytest.raises(UnreadableRecordError):
        decode_busy(f"entente.{uuid4()}", b"{}")
