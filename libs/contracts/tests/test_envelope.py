import time as clock
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from entente_contracts import Envelope, InvalidEnvelope, uuid7

pytestmark = pytest.mark.unit

ENVELOPE = Envelope(
    id=UUID("019a6f45-1309-7559-948b-5ad64b7d899b"),
    source="/booking",
    type="entente.booking.confirmed.v1",
    subject="019a6f30-4c2d-7e18-a4b7-92d1c0e3f500",
    time=datetime(2026, 11, 21, 9, 41, 9, 310_000, tzinfo=UTC),
    dataschema="urn:entente:schema:entente.booking.confirmed.v1:1",
    tenant_id="acme",
    aggregate_version=3,
    partition_key="019a6f30-4c2d-7e18-a4b7-92d1c0e3f500",
)
OPTIONAL = ("ce_correlationid", "ce_causationid")
SECRET = b"ana.kovac@acme.example\xff"


def headers_with(name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(n, v) for n, v in ENVELOPE.to_headers() if n != name] + [(name, value)]


def test_headers_follow_the_binary_binding() -> None:
    assert ENVELOPE.to_headers() == [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", b"019a6f45-1309-7559-948b-5ad64b7d899b"),
        ("ce_source", b"/booking"),
        ("ce_type", b"entente.booking.confirmed.v1"),
        ("ce_subject", b"019a6f30-4c2d-7e18-a4b7-92d1c0e3f500"),
        ("ce_time", b"2026-11-21T09:41:09.310000Z"),
        ("ce_dataschema", b"urn:entente:schema:entente.booking.confirmed.v1:1"),
        ("ce_tenantid", b"acme"),
        ("ce_aggregateversion", b"3"),
        ("ce_partitionkey", b"019a6f30-4c2d-7e18-a4b7-92d1c0e3f500"),
    ]


@pytest.mark.parametrize(
    "envelope",
    [
        ENVELOPE,
        replace(ENVELOPE, correlation_id="a story", causation_id="019a6f3c"),
        replace(ENVELOPE, tenant_id="mañana & söhne", aggregate_version=0),
    ],
)
def test_headers_are_read_back(envelope: Envelope) -> None:
    assert Envelope.from_headers(envelope.to_headers()) == envelope


def test_time_is_written_and_read_in_utc() -> None:
    ljubljana = timezone(timedelta(hours=1))
    local = replace(ENVELOPE, time=ENVELOPE.time.astimezone(ljubljana))
    assert dict(local.to_headers())["ce_time"] == b"2026-11-21T09:41:09.310000Z"
    read = Envelope.from_headers(headers_with("ce_time", b"2026-11-21T10:41:09.31+01:00"))
    assert read == ENVELOPE
    assert read.time.tzinfo is UTC


def test_headers_of_others_are_ignored() -> None:
    strangers: list[tuple[str, bytes | None]] = [
        ("traceparent", b"\xff"),
        ("x-nothing", None),
        ("x-nothing", b"twice"),
    ]
    assert Envelope.from_headers([*ENVELOPE.to_headers(), *strangers]) == ENVELOPE


def test_an_unknown_attribute_may_be_anything_and_the_content_type_absent() -> None:
    headers = [pair for pair in headers_with("ce_later", None) if pair[0] != "content-type"]
    assert Envelope.from_headers(headers) == ENVELOPE


@pytest.mark.parametrize("name", [n for n, _ in ENVELOPE.to_headers() if n != "content-type"])
def test_a_missing_attribute_is_named(name: str) -> None:
    headers = [pair for pair in ENVELOPE.to_headers() if pair[0] != name]
    with pytest.raises(InvalidEnvelope) as refused:
        Envelope.from_headers(headers)
    assert (refused.value.header, refused.value.reason) == (name, "is missing")


@pytest.mark.parametrize("name", [*(n for n, _ in ENVELOPE.to_headers()), *OPTIONAL])
@pytest.mark.parametrize(
    ("value", "reason"), [(None, "is null"), (b"", "is empty"), (SECRET, "is not UTF-8")]
)
def test_an_unreadable_attribute_is_named(name: str, value: bytes | None, reason: str) -> None:
    with pytest.raises(InvalidEnvelope) as refused:
        Envelope.from_headers(headers_with(name, value))
    assert (refused.value.header, refused.value.reason) == (name, reason)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-type", b"application/cloudevents+json"),
        ("ce_specversion", b"0.3"),
        ("ce_id", b"ana.kovac"),
        ("ce_time", b"ana.kovac"),
        ("ce_time", b"2026-11-21T09:41:09"),
        ("ce_time", b"0001-01-01T00:00:00+14:00"),
        ("ce_tenantid", b"ana.kovac" * 10),
        ("ce_aggregateversion", b"ana.kovac"),
        ("ce_aggregateversion", b"-1"),
        ("ce_aggregateversion", "٣".encode()),
        ("ce_aggregateversion", b"9" * 5000),
    ],
)
def test_a_wrong_value_is_refused_and_not_repeated(name: str, value: bytes) -> None:
    with pytest.raises(InvalidEnvelope) as refused:
        Envelope.from_headers(headers_with(name, value))
    assert refused.value.header == name
    assert value.decode() not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_an_attribute_given_twice_is_refused() -> None:
    with pytest.raises(InvalidEnvelope, match="ce_tenantid is given twice"):
        Envelope.from_headers([*ENVELOPE.to_headers(), ("ce_tenantid", b"other")])


@pytest.mark.parametrize(
    "change",
    [
        {"time": datetime(2026, 11, 21)},  # noqa: DTZ001 - the naive time that must be refused
        {"aggregate_version": -1},
        {"tenant_id": ""},
        {"tenant_id": "t" * 65},
        {"subject": ""},
        {"partition_key": ""},
    ],
)
def test_an_envelope_that_could_not_be_read_back_is_not_made(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"time|version|tenant|empty"):
        replace(ENVELOPE, **change)


def test_uuid7_carries_its_version_variant_and_the_time() -> None:
    before = clock.time_ns() // 1_000_000
    made = uuid7()
    after = clock.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after


def test_uuid7_does_not_repeat() -> None:
    assert len({uuid7() for _ in range(10_000)}) == 10_000
