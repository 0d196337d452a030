"""Records a consumer has to survive, for its own tests.

Feed every record to your handler: none may raise, and applying all of them twice must leave what
applying them once left. See `docs/subscribing.md`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from entente_contracts import examples
from entente_contracts.message import message_type

UNKNOWN_TYPE = "entente.booking.not_yet_invented.v1"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it lies on `topic`; `shows` says in words what is special about it."""

    shows: str
    topic: str
    headers: list[tuple[str, bytes]]
    key: bytes
    value: bytes | None


def records(topic: str | None = None) -> Iterator[Record]:
    """Yield every example of one topic, or of all, and what the contract allows to come with it.

    That is: a field and a header the reader does not know, a message type it does not know, and on
    compacted topics the end of the key.
    """
    for ce_type in examples.types():
        message = message_type(ce_type)
        if message is None or topic not in (None, message.topic.name):
            continue
        for example in examples.every(ce_type):
            record = Record(
                shows=f"{ce_type}, revision {example.revision}",
                topic=message.topic.name,
                headers=example.headers,
                key=example.key,
                value=example.value,
            )
            yield record
            yield _with_unknown_field(record)
            yield _with_unknown_header(record)
            yield _with_unknown_type(record)
            if message.topic.cleanup == "compact":
                yield _variant(record, "and its end", value=None)


def _variant(
    record: Record,
    shows: str,
    *,
    headers: Sequence[tuple[str, bytes]] = (),
    value: bytes | None,
) -> Record:
    """Return another record of the same key: other headers come after, or instead of, its own."""
    original = dict(record.headers)
    identity = uuid5(UUID(original["ce_id"].decode()), shows)
    changed = original | {"ce_id": str(identity).encode()} | dict(headers)
    return replace(
        record, shows=f"{record.shows}, {shows}", headers=list(changed.items()), value=value
    )


def _with_unknown_field(record: Record) -> Record:
    value: dict[str, Any] = json.loads(record.value or b"{}")
    later = value | {"added_later": {"nested": [1, None]}}
    return _variant(record, "with a field added later", value=json.dumps(later).encode())


def _with_unknown_header(record: Record) -> Record:
    headers = [("traceparent", b"00-0-0-00"), ("x-hop", b"\xff\xfe")]
    return _variant(record, "with headers added on the way", headers=headers, value=record.value)


def _with_unknown_type(record: Record) -> Record:
    headers = [("ce_type", UNKNOWN_TYPE.encode())]
    return _variant(record, "of a type added later", headers=headers, value=record.value)
