import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar
from uuid import UUID

import pytest
from entente_contracts import (
    MAX_BYTES,
    BusyInterval,
    BusyState,
    BusyTimeChanged,
    CalendarChanged,
    CalendarChecked,
    Envelope,
    Event,
    Message,
    MessageTooLarge,
    NotificationSent,
    OverlapDetected,
    PersonalData,
    SyncCalendar,
    SyncReason,
    TimeRange,
    UnknownMessageType,
    decode,
    encode,
    envelope_for,
    envelope_for_tombstone,
    examples,
    message_type,
    message_types,
    observed_booking_id,
    topics,
)
from pydantic import ValidationError

pytestmark = pytest.mark.unit

CALENDAR = UUID("0199a1c4-0e12-7f33-8a55-7d9c0b2e4f10")
HOST = UUID("0199a1c2-5b7e-7c41-9d0a-3f2b6c8e1a01")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def sync(*, requested_at: datetime = NOW) -> SyncCalendar:
    return SyncCalendar(
        tenant_id="acme",
        command_id=HOST,
        calendar_id=CALENDAR,
        reason=SyncReason.STALE,
        requested_at=requested_at,
    )


def value_of(ce_type: str) -> dict[str, Any]:
    return json.loads(examples.load(ce_type)[1])


@pytest.mark.parametrize("message", message_types(), ids=lambda message: message.type)
def test_a_message_says_where_it_goes_and_what_it_means(message: type[Message]) -> None:
    prefix, context, fact, major = message.type.split(".")
    assert (prefix, major) == ("entente", "v1")
    assert context.isidentifier()
    assert fact.isidentifier()
    assert message.topic in topics.ALL
    assert message.personal_data in PersonalData
    assert message.__doc__ not in (None, Event.__doc__)
    assert message_type(message.type) is message


def test_types_are_unique() -> None:
    with pytest.raises(TypeError, match="names two messages"):

        class Copy(NotificationSent):  # pyright: ignore[reportUnusedClass] - making it is the test
            type: ClassVar[str] = NotificationSent.type


def test_utc_is_written_whatever_offset_was_given() -> None:
    message = sync(requested_at=NOW.astimezone(timezone(timedelta(hours=1))))
    assert json.loads(encode(message))["requested_at"] == "2026-11-21T09:30:00Z"
    assert decode(message.type, encode(message)) == sync()


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-21T09:30:00",
        1_795_253_400,
        "0001-01-01T00:00:00+14:00",
        "soon",
        None,
    ],
)
def test_what_is_no_moment_is_refused(wrong: object) -> None:
    value = value_of("entente.calendar.sync.v1") | {"requested_at": wrong}
    with pytest.raises(ValidationError, match="requested_at"):
        decode("entente.calendar.sync.v1", json.dumps(value).encode())


def test_unknown_fields_are_ignored_and_not_passed_on() -> None:
    value = value_of("entente.calendar.sync.v1") | {"added_later": 1}
    read = decode("entente.calendar.sync.v1", json.dumps(value).encode())
    assert b"added_later" not in encode(read)


def test_absent_and_null_mean_the_same() -> None:
    value = value_of("entente.booking.confirmed.v1")
    nulls = value | {"booking": value["booking"] | {"pending_slot": None, "location": None}}
    read = decode("entente.booking.confirmed.v1", json.dumps(nulls).encode())
    assert read == decode("entente.booking.confirmed.v1", json.dumps(value).encode())
    assert b"null" not in encode(read)


def test_an_unknown_value_of_an_open_enumeration_is_kept() -> None:
    value = value_of("entente.calendar.sync.v1") | {"reason": "curiosity"}
    read = decode("entente.calendar.sync.v1", json.dumps(value).encode())
    assert isinstance(read, SyncCalendar)
    assert read.reason == "curiosity"
    assert not read.reason.is_known
    assert read.reason not in set(SyncReason)
    assert json.loads(encode(read))["reason"] == "curiosity"


def test_unknown_values_do_not_pile_up() -> None:
    before = len(SyncReason.__members__)
    assert SyncReason("one").is_known is False
    assert SyncReason("one") == SyncReason("one")
    assert len(SyncReason.__members__) == before
    assert SyncReason("stale") is SyncReason.STALE
    assert SyncReason.STALE.is_known
    with pytest.raises(ValueError, match="7"):
        SyncReason(7)


def test_a_message_that_is_too_large_is_not_written() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    minute = timedelta(minutes=1)
    crowded = BusyTimeChanged(
        tenant_id="acme",
        host_id=HOST,
        month="2026-12",
        revision=1,
        as_of=NOW,
        busy=tuple(
            BusyInterval(
                start=start + 2 * n * minute,
                end=start + (2 * n + 1) * minute,
                state=BusyState.BUSY,
            )
            for n in range(1_000)
        ),
    )
    with pytest.raises(MessageTooLarge) as refused:
        encode(crowded)
    assert refused.value.size > MAX_BYTES
    assert str(MAX_BYTES) in str(refused.value)


def test_a_type_nobody_knows_is_told_apart_from_a_broken_value() -> None:
    assert message_type("entente.booking.teleported.v1") is None
    with pytest.raises(UnknownMessageType):
        decode("entente.booking.teleported.v1", b"{}")
    with pytest.raises(ValidationError):
        decode("entente.calendar.sync.v1", b"not json")


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        sync().tenant_id = "other"  # pyright: ignore[reportAttributeAccessIssue] - must be refused


def test_events_of_one_topic_that_must_not_erase_each_other_have_keys_of_their_own() -> None:
    changed = decode(CalendarChanged.type, examples.load(CalendarChanged.type)[1])
    checked = decode(CalendarChecked.type, examples.load(CalendarChecked.type)[1])
    busy = decode(BusyTimeChanged.type, examples.load(BusyTimeChanged.type)[1])
    overlap = decode(OverlapDetected.type, examples.load(OverlapDetected.type)[1])
    assert changed.key() == f"{CALENDAR}:2026-12" == CalendarChanged.key_for(CALENDAR, "2026-12")
    assert checked.key() == f"{CALENDAR}:as-of" == CalendarChecked.key_for(CALENDAR)
    assert busy.key() == f"{HOST}:2026-12" == BusyTimeChanged.key_for(HOST, "2026-12")
    assert overlap.key() == f"{HOST}:overlaps" == OverlapDetected.key_for(HOST)


def test_an_envelope_is_made_from_the_message() -> None:
    message = sync()
    envelope = envelope_for(message, source="/booking", time=NOW, causation_id="cause")
    assert envelope == Envelope(
        id=envelope.id,
        source="/booking",
        type="entente.calendar.sync.v1",
        subject=str(CALENDAR),
        time=NOW,
        dataschema="urn:entente:schema:entente.calendar.sync.v1:1",
        tenant_id="acme",
        aggregate_version=0,
        partition_key=str(CALENDAR),
        causation_id="cause",
    )
    assert envelope.id != envelope_for(message, source="/booking", time=NOW).id


def test_a_tombstone_has_an_envelope_too() -> None:
    key = CalendarChanged.key_for(CALENDAR, "2026-10")
    envelope = envelope_for_tombstone(
        CalendarChanged,
        key=key,
        subject=str(CALENDAR),
        version=120,
        tenant_id="acme",
        source="/connector",
        time=NOW,
    )
    assert (envelope.type, envelope.partition_key) == (CalendarChanged.type, key)
    assert Envelope.from_headers(envelope.to_headers()) == envelope


def test_a_time_range_is_never_empty() -> None:
    with pytest.raises(ValidationError, match="ends after it starts"):
        TimeRange(start=NOW, end=NOW)


def test_an_observed_meeting_has_one_id_however_often_it_is_seen() -> None:
    assert observed_booking_id(CALENDAR, "a@b") == observed_booking_id(CALENDAR, "a@b")
    assert observed_booking_id(CALENDAR, "a@b") != observed_booking_id(HOST, "a@b")
