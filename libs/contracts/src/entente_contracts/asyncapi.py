"""The AsyncAPI 3.0 document: every topic and message, for readers outside Python.

For developers, who write it with `python -m entente_contracts.schemas`.
"""

import inspect
import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from entente_contracts import examples
from entente_contracts.envelope import CONTENT_TYPE, MAX_TENANT_ID_LENGTH, SPEC_VERSION
from entente_contracts.message import MAX_BYTES, Command, Message, message_types
from entente_contracts.topics import ALL, Topic

_COMPACTED = (
    "Compacted: the topic keeps the newest record of every key, so reading it from the start gives "
    "the whole present state. A null value (a tombstone) ends its key."
)
_KEPT = "Kept for {days} days, then deleted: start reading before you need it."
_DELIVERY = (
    "Delivered at least once: drop what you have seen by `ce_id`. Records of one key are in order; "
    "between keys there is no order. Apply a state only if its `ce_aggregateversion` is not below "
    "the one you hold."
)


@dataclass(frozen=True, slots=True)
class _Channel:
    producer: str
    says: str


_CHANNELS = {
    "host.events.v1": _Channel("booking", "Hosts: who can be booked, where and when they work."),
    "calendar.events.v1": _Channel("connector", "Calendars: connected, switched, broken, gone."),
    "calendar.busy.v1": _Channel("connector", "The busy time of every calendar, month by month."),
    "calendar.commands.v1": _Channel("booking", "What the connector is asked to do."),
    "calendar.entries.v1": _Channel("connector", "What became of bookings' calendar entries."),
    "availability.events.v1": _Channel("availability", "Merged busy time and overlaps per host."),
    "booking.events.v1": _Channel("booking", "The life of every booking."),
    "notification.events.v1": _Channel("notifier", "What was mailed, what was not, who replied."),
}


def document() -> dict[str, Any]:
    """Return the AsyncAPI document; payloads refer to the committed schemas beside it."""
    messages = message_types()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Entente",
            "version": version("entente-contracts"),
            "description": "Calendars that agree, and the bookings made on them. CloudEvents "
            f"{SPEC_VERSION} in Kafka's binary content mode; no value exceeds {MAX_BYTES} bytes. "
            "Enumerations are open: expect values beside those under `x-open-enum`. Ignore fields "
            "and message types you do not know. Absent and null mean the same.",
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
            "contact": {"name": "The operators of your Entente installation"},
            "tags": [{"name": "calendars"}, {"name": "bookings"}],
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"kafka": _server()},
        "channels": {topic.name: _channel(topic, messages) for topic in ALL},
        "operations": {topic.name: _operation(topic, messages) for topic in ALL},
        "components": {
            "messageTraits": {"cloudevent": {"headers": _headers()}},
            "messages": {message.type: _message(message) for message in messages},
        },
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "Your installation's brokers. Group ids are `<team>.<service>`.",
        "variables": {
            "bootstrap": {
                "default": "localhost:9092",
                "description": "Address of a broker, as the operators give it.",
            }
        },
    }


def _channel(topic: Topic, messages: tuple[type[Message], ...]) -> dict[str, Any]:
    channel = _CHANNELS[topic.name]
    kept = _COMPACTED
    if topic.retention is not None:
        kept = _KEPT.format(days=topic.retention.days)
    configs = topic.configs()
    configuration: dict[str, Any] = {"cleanup.policy": [configs.pop("cleanup.policy")]}
    configuration |= {name: int(value) for name, value in configs.items()}
    return {
        "address": topic.name,
        "title": channel.says,
        "description": f"Written by {channel.producer}. Key: {topic.key}. {kept} {_DELIVERY}",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {
            message.type: {"$ref": f"#/components/messages/{message.type}"}
            for message in messages
            if message.topic == topic
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": configuration,
                "bindingVersion": "0.5.0",
            }
        },
        "x-key": topic.key,
        "x-cleanup": topic.cleanup,
        "x-delivery": "at-least-once",
        "x-ordering": "per key",
        "x-producer": channel.producer,
    }


def _operation(topic: Topic, messages: tuple[type[Message], ...]) -> dict[str, Any]:
    commanded = any(issubclass(m, Command) for m in messages if m.topic == topic)
    return {
        "action": "receive" if commanded else "send",
        "title": f"{'Take from' if commanded else 'Publish to'} {topic.name}",
        "channel": {"$ref": f"#/channels/{topic.name}"},
    }


def _message(message: type[Message]) -> dict[str, Any]:
    summary, _, rest = inspect.cleandoc(message.__doc__ or "").partition("\n\n")
    described: dict[str, Any] = {
        "name": message.type,
        "title": message.__name__,
        "summary": " ".join(summary.split()),
    }
    if rest:
        described["description"] = " ".join(rest.split())
    return described | {
        "contentType": CONTENT_TYPE,
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": {"$ref": f"./schemas/{message.type}/{message.schema_revision}.json"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": message.topic.key},
                "bindingVersion": "0.5.0",
            }
        },
        "examples": [_example(message)],
        "x-personal-data": message.personal_data.value,
        "x-schema-revision": message.schema_revision,
    }


def _example(message: type[Message]) -> dict[str, Any]:
    headers, value = examples.load(message.type)
    return {
        "headers": {name: text.decode() for name, text in headers},
        "payload": json.loads(value),
    }


def _headers() -> dict[str, Any]:
    attributes = {
        "content-type": {"type": "string", "const": CONTENT_TYPE},
        "ce_specversion": {"type": "string", "const": SPEC_VERSION},
        "ce_id": _text("The record's identity: the de-duplication key.", format="uuid"),
        "ce_source": _text("Who produced it, such as `/booking`.", format="uri-reference"),
        "ce_type": _text("Which message it is: `entente.<context>.<fact>.v<major>`."),
        "ce_subject": _text("The id of the aggregate it speaks of."),
        "ce_time": _text("When the fact became true, in UTC.", format="date-time"),
        "ce_dataschema": _text("The `$id` of the value's JSON Schema.", format="uri"),
        "ce_tenantid": _text("The tenant it belongs to.", maxLength=MAX_TENANT_ID_LENGTH),
        "ce_aggregateversion": _text(
            "The aggregate's version, growing; 0 where it has none.", pattern="^[0-9]{1,18}$"
        ),
        "ce_partitionkey": _text("The same as the record's key."),
    }
    optional = {
        "ce_correlationid": _text("What all records of one story share."),
        "ce_causationid": _text("The id of what led to this record."),
    }
    return {
        "type": "object",
        "required": list(attributes),
        "properties": attributes | optional,
    }


def _text(description: str, **constraints: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, **constraints, "description": description}
