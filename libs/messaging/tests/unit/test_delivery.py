"""A record is a message, an end, of no concern, or unreadable for a stated reason."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from entente_contracts import encode, envelope_for
from journal.lab.records import consumed
from journal.messages import Noted
from messaging.clients import Record, RecordHeaders
from messaging.delivery import (
    Delivery,
    Ignored,
    Position,
    Tombstone,
    UnreadableRecordError,
    read,
)

pytestmark = pytest.mark.unit

ADDRESS = "guest@example.org"
NOTED = Noted(tenant_id="t", note_id=uuid4(), number=3)
ENVELOPE = envelope_for(NOTED, source="/journal", time=datetime.now(UTC))
HEADERS = dict(ENVELOPE.to_headers())


def record(
    value: bytes | None, headers: RecordHeaders | None = None, *, key: bytes | None = b"key"
) -> Record:
    return consumed(value, list(HEADERS.items()) if headers is None else headers, key=key, offset=7)


def read_note(given: Record, *, max_bytes: int = 1000) -> Any:
    return read(given, accepted={Noted.type}, max_bytes=max_bytes)


def reason_of(given: Record, *, max_bytes: int = 1000) -> str:
    with pytest.raises(UnreadableRecordError) as unreadable:
        read_note(given, max_bytes=max_bytes)
    assert ADDRESS not in str(unreadable.value)
    return unreadable.value.reason


def without(name: str) -> RecordHeaders:
    return [(key, value) for key, value in HEADERS.items() if key != name]


def with_header(name: str, value: Any) -> RecordHeaders:
    return [*without(name), (name, value)]


def test_a_message_arrives_with_envelope_position_and_key() -> None:
    delivery = read_note(record(encode(NOTED)))
    assert delivery.message == NOTED
    assert delivery.envelope == ENVELOPE
    assert delivery.position == Position("journal.notes.v1", 0, 7)
    assert delivery.key == "key"


def test_a_record_without_key_has_an_empty_one() -> None:
    assert read_note(record(encode(NOTED), key=None)).key == ""


def test_a_null_value_is_a_tombstone_with_or_without_envelope() -> None:
    told = read_note(record(None))
    assert isinstance(told, Tombstone)
    assert told.envelope == ENVELOPE
    untold = read_note(record(None, []))
    assert isinstance(untold, Tombstone)
    assert untold.envelope is None


def test_a_type_nobody_handles_is_ignored_before_its_body_is_read() -> None:
    found = read_note(record(b"\xff not JSON", with_header("ce_type", b"entente.other.v1")))
    assert found == Ignored(Position("journal.notes.v1", 0, 7), "entente.other.v1")


@pytest.mark.parametrize("value", [b"", b"{", ADDRESS.encode(), b'{"text": "\xff"}'])
def test_a_body_that_is_no_json(value: bytes) -> None:
    assert reason_of(record(value)) == "invalid_json"


@pytest.mark.parametrize("value", [b"5", b"[]", b"{}", f'{{"number": "{ADDRESS}"}}'.encode()])
def test_a_body_of_another_shape(value: bytes) -> None:
    assert reason_of(record(value)) == "invalid_body"


def test_a_shape_is_explained_by_places_and_kinds_of_error() -> None:
    value = f'{{"tenant_id": "t", "note_id": "{NOTED.note_id}", "number": "{ADDRESS}"}}'
    with pytest.raises(UnreadableRecordError, match=r"^invalid_body: number \(int_\w+\)$"):
        read_note(record(value.encode()))


@pytest.mark.parametrize(
    "headers",
    [
        [],
        without("ce_id"),
        with_header("ce_id", ADDRESS.encode()),
        with_header("ce_type", None),
        with_header("ce_source", b"\xff"),
        with_header("content-type", b"text/plain"),
        [*HEADERS.items(), ("ce_id", HEADERS["ce_id"])],
    ],
)
def test_headers_that_are_no_envelope(headers: RecordHeaders) -> None:
    assert reason_of(record(encode(NOTED), headers)) == "invalid_envelope"


@pytest.mark.parametrize("value", [None, b"\xff\xfe"])
def test_headers_of_others_do_not_matter(value: Any) -> None:
    given = record(encode(NOTED), with_header("x-foreign", value))
    assert isinstance(read_note(given), Delivery)


def test_a_record_above_the_limit_is_not_read() -> None:
    assert reason_of(record(b"x" * 11), max_bytes=10) == "record_too_large"


def test_a_key_that_is_not_utf8() -> None:
    assert reason_of(record(encode(NOTED), key=b"\xff")) == "invalid_key"
    assert reason_of(record(None, key=b"\xff")) == "invalid_key"


def test_a_consumer_may_bring_its_own_way_of_reading_bodies() -> None:
    def length(ce_type: str, value: bytes) -> object:
        return ce_type, len(value)

    body = encode(NOTED)
    delivery = read(record(body), accepted={Noted.type}, max_bytes=1000, decoder=length)
    assert isinstance(delivery, Delivery)
    assert delivery.message == (Noted.type, len(body))
    assert delivery.envelope == ENVELOPE


def test_what_another_decoder_cannot_read_keeps_its_reason() -> None:
    def refuse(_ce_type: str, _value: bytes) -> object:
        raise UnreadableRecordError("invalid_body", "$.number")

    with pytest.raises(UnreadableRecordError) as unreadable:
        read(record(encode(NOTED)), accepted={Noted.type}, max_bytes=1000, decoder=refuse)
    assert unreadable.value.reason == "invalid_body"
