"""What travels as a record's value, and how it is written and read."""

from abc import abstractmethod
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic_core import to_json

from entente_contracts.envelope import Envelope, uuid7
from entente_contracts.topics import Topic
from entente_contracts.values import TenantId, Value

MAX_BYTES = 65_536
"""The largest value: what every CloudEvents intermediary forwards (CloudEvents 1.0.2 §5)."""


class PersonalData(StrEnum):
    """How much a message says about people."""

    NONE = "none"
    PSEUDONYMOUS = "pseudonymous"
    """Ids and times that only Entente's own data tie to a person."""
    PERSONAL = "personal"
    """Names, addresses, texts people wrote, or links that admit to a meeting."""


class MessageTooLarge(ValueError):  # noqa: N818 - reads as the fault it names
    """A message's value is above MAX_BYTES."""

    def __init__(self, type_: str, size: int) -> None:
        super().__init__(f"{type_} takes {size} bytes, {MAX_BYTES} are allowed")
        self.type = type_
        self.size = size


class UnknownMessageType(LookupError):  # noqa: N818 - reads as the fault it names
    """No message of this `ce_type` is known: a newer producer, or another version's type."""

    def __init__(self, type_: str) -> None:
        super().__init__(f"no message type {type_!r} in this version of the contracts")
        self.type = type_


class Message(Value):
    """An event or a command. Its fields are the record's value, its class says where it goes.

    `type` is the `ce_type`, `topic` the only topic it travels on, `schema_revision` the latest of
    its committed schemas, `personal_data` its classification.
    """

    type: ClassVar[str]
    topic: ClassVar[Topic]
    personal_data: ClassVar[PersonalData]
    schema_revision: ClassVar[int] = 1

    tenant_id: TenantId

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Make the message known by its type."""
        super().__pydantic_init_subclass__(**kwargs)
        if "type" not in cls.__dict__:
            return
        if cls.type in _types:
            raise TypeError(f"{cls.type} names two messages")
        _types[cls.type] = cls

    @abstractmethod
    def key(self) -> str:
        """Return the Kafka key."""

    @abstractmethod
    def subject(self) -> str:
        """Return the id of the aggregate the message speaks of."""

    @abstractmethod
    def version(self) -> int:
        """Return the aggregate's version, 0 where it has none."""


class Event(Message):
    """A fact, with the full state it speaks of."""


class Command(Message):
    """A request to one service, which answers with an event."""


_types: dict[str, type[Message]] = {}


def message_types() -> tuple[type[Message], ...]:
    """Return every message of this package, ordered by type; others may define more."""
    package = __name__.partition(".")[0] + "."
    found = (_types[type_] for type_ in sorted(_types))
    return tuple(message for message in found if message.__module__.startswith(package))


def message_type(ce_type: str) -> type[Message] | None:
    """Return the message a `ce_type` names, None where this version knows none."""
    return _types.get(ce_type)


def schema_uri(message: type[Message]) -> str:
    """Return the `dataschema` of a message: the `$id` of its latest committed schema."""
    return f"urn:entente:schema:{message.type}:{message.schema_revision}"


def encode(message: Message) -> bytes:
    """Return a message as a record value: JSON in UTF-8, null fields left out.

    Raises MessageTooLarge.
    """
    value = to_json(message, exclude_none=True)
    if len(value) > MAX_BYTES:
        raise MessageTooLarge(message.type, len(value))
    return value


def decode(type_: str, value: bytes) -> Message:
    """Read a record value of the given `ce_type`.

    Raises UnknownMessageType, or pydantic's ValidationError where the value does not fit.
    """
    message = _types.get(type_)
    if message is None:
        raise UnknownMessageType(type_)
    return message.model_validate_json(value)


def envelope_for(
    message: Message,
    *,
    source: str,
    time: datetime,
    correlation_id: str | None = None,
    causation_id: str | None = None,
) -> Envelope:
    """Return a new envelope for a message, with a fresh id.

    `source` names the producer (`/booking`), `time` (aware) is when the fact became true,
    `causation_id` the id of the record or request that led to it, `correlation_id` what all
    records of one story share.
    """
    return Envelope(
        id=uuid7(),
        source=source,
        type=message.type,
        subject=message.subject(),
        time=time,
        dataschema=schema_uri(type(message)),
        tenant_id=message.tenant_id,
        aggregate_version=message.version(),
        partition_key=message.key(),
        correlation_id=correlation_id,
        causation_id=causation_id,
    )


def envelope_for_tombstone(
    ended: type[Message],
    *,
    key: str,
    subject: str,
    version: int,
    tenant_id: str,
    source: str,
    time: datetime,
    correlation_id: str | None = None,
    causation_id: str | None = None,
) -> Envelope:
    """Return the envelope of a null value that ends `key` on a compacted topic.

    `ended` is the message the key held. `version` is above that of the last one, so that a reader's
    version guard lets the end pass and no late record after it.
    """
    return Envelope(
        id=uuid7(),
        source=source,
        type=ended.type,
        subject=subject,
        time=time,
        dataschema=schema_uri(ended),
        tenant_id=tenant_id,
        aggregate_version=version,
        partition_key=key,
        correlation_id=correlation_id,
        causation_id=causation_id,
    )
