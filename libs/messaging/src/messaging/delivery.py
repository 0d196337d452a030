"""What a consumer receives: a Kafka record, read into a message with its envelope."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from entente_contracts import Envelope, InvalidEnvelope, decode
from opentelemetry.context import Context
from pydantic import ValidationError

from messaging.clients import Record, RecordHeaders
from messaging.failure import PermanentError
from messaging.propagation import extract

M_co = TypeVar("M_co", covariant=True)

Decoder = Callable[[str, bytes], object]
"""Reads a body of the given `ce_type`; raises pydantic's ValidationError or UnreadableRecordError.

`entente_contracts.decode` is the one for everybody; a consumer of many large messages may bring
a quicker one, which may return what it needs of them instead of a Message.
"""

REDRIVEN_HEADER = "x-redriven"


class UnreadableRecordError(PermanentError):
    """The record can never be read; `reason` is a stable code, the message quotes no content."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Delivery(Generic[M_co]):
    """A message as it arrived."""

    message: M_co
    envelope: Envelope
    position: Position
    key: str
    headers: RecordHeaders

    @property
    def context(self) -> Context:
        """Trace context of the operation that made the message."""
        return extract(self.headers)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The key's state is gone: a record with a null value on a compacted topic."""

    envelope: Envelope | None
    position: Position
    key: str
    headers: RecordHeaders

    @property
    def context(self) -> Context:
        """Trace context of the operation that ended the key."""
        return extract(self.headers)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A record that this consumer has no handler for; it is passed over."""

    position: Position
    type: str


Arrival = Delivery[object] | Tombstone


def read(
    record: Record, *, accepted: Collection[str], max_bytes: int, decoder: Decoder = decode
) -> Delivery[object] | Tombstone | Ignored:
    """Read one record.

    Types outside `accepted` are ignored before their body is looked at, so a producer may add
    types. Raises UnreadableRecordError for what no retry can mend.
    """
    position = Position(record.topic, record.partition, record.offset)
    if record.value is None:
        return Tombstone(_envelope_or_none(record), position, _key(record), record.headers)
    if len(record.value) > max_bytes:
        raise UnreadableRecordError(
            "record_too_large", f"{len(record.value)} bytes, at most {max_bytes} are read"
        )
    try:
        envelope = Envelope.from_headers(record.headers)
    except InvalidEnvelope as error:
        raise UnreadableRecordError("invalid_envelope", str(error)) from error
    if envelope.type not in accepted:
        return Ignored(position, envelope.type)
    try:
        message = decoder(envelope.type, record.value)
    except ValidationError as error:
        raise UnreadableRecordError(*_explain(error)) from None
    return Delivery(message, envelope, position, _key(record), record.headers)


def _explain(error: ValidationError) -> tuple[str, str]:
    details = error.errors(include_input=False, include_url=False, include_context=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return "invalid_json", "the body is not JSON"
    places = (f"{'.'.join(map(str, d['loc'])) or 'body'} ({d['type']})" for d in details[:10])
    return "invalid_body", ", ".join(places)


def _envelope_or_none(record: Record) -> Envelope | None:
    try:
        return Envelope.from_headers(record.headers)
    except InvalidEnvelope:
        return None


def _key(record: Record) -> str:
    if record.key is None:
        return ""
    try:
        return record.key.decode()
    except UnicodeDecodeError as error:
        raise UnreadableRecordError("invalid_key", "the key is not UTF-8") from error
