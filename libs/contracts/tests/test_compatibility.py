from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest
from entente_contracts import message_types
from entente_contracts.compatibility import breaking_changes
from entente_contracts.schemas import CHECKOUT, json_schema, revisions
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

TYPES = [message.type for message in message_types()]
SCHEMA: dict[str, Any] = {
    "$id": "urn:example:1",
    "description": "A meeting.",
    "type": "object",
    "required": ["id", "state", "slot"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "maxLength": 64},
        "state": {"$ref": "#/$defs/State"},
        "side": {"enum": ["host", "guest"]},
        "slot": {"$ref": "#/$defs/Slot"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "slots": {"type": "array", "items": {"$ref": "#/$defs/Slot"}},
        "when": {"oneOf": [{"$ref": "#/$defs/Slot"}, {"$ref": "#/$defs/Day"}]},
    },
    "$defs": {
        "State": {"type": "string", "x-open-enum": ["open", "shut"]},
        "Slot": {
            "type": "object",
            "required": ["start", "kind"],
            "properties": {
                "kind": {"const": "slot"},
                "start": {"type": "string", "format": "date-time"},
                "inner": {"$ref": "#/$defs/Slot"},
            },
        },
        "Day": {
            "type": "object",
            "required": ["day", "kind"],
            "properties": {"kind": {"const": "day"}, "day": {"type": "string", "format": "date"}},
        },
    },
}


def changed(path: str, **keywords: Any) -> dict[str, Any]:
    """Return SCHEMA with keywords set (None: removed) where the dotted path leads."""
    schema = deepcopy(SCHEMA)
    target: Any = schema
    for step in path.split(".") if path else []:
        target = target[int(step) if step.isdigit() else step]
    for keyword, value in keywords.items():
        if value is None:
            del target[keyword]
        else:
            target[keyword] = value
    return schema


BREAKING = {
    "removed field": (changed("properties", note=None), ["$.note: removed"]),
    "removed field inside": (
        changed("$defs.Day.properties", day=None),
        ["$.when.day: removed"],
    ),
    "new required field": (
        changed("", required=["id", "state", "slot", "by"]),
        ["$.by: now required"],
    ),
    "optional field made required": (
        changed("", required=["id", "state", "slot", "note"]),
        ["$.note: now required"],
    ),
    "required field made optional": (
        changed("", required=["id", "state"]),
        ["$.slot: no longer required"],
    ),
    "changed type": (changed("properties.id", type="integer"), ["$.id: type changed"]),
    "narrowed type": (
        changed("properties.note", anyOf=[{"type": "string"}]),
        ["$.note: 2 variants became 1"],
    ),
    "widened type": (
        changed("properties.note", anyOf=[{"type": t} for t in ("string", "null", "integer")]),
        ["$.note: 2 variants became 3"],
    ),
    "narrowed length": (changed("properties.id", maxLength=32), ["$.id: maxLength changed"]),
    "new pattern": (changed("properties.id", pattern="^a"), ["$.id: pattern changed"]),
    "dropped format": (changed("properties.id", format=None), ["$.id: format changed"]),
    "changed default": (changed("properties.note", default=""), ["$.note: default changed"]),
    "closed value removed": (changed("properties.side", enum=["host"]), ["$.side: enum changed"]),
    "closed value added": (
        changed("properties.side", enum=["host", "guest", "room"]),
        ["$.side: enum changed"],
    ),
    "known value removed": (
        changed("$defs.State", **{"x-open-enum": ["open"]}),
        ["$.state: known value shut removed"],
    ),
    "enumeration closed": (
        changed("$defs.State", **{"x-open-enum": None, "enum": ["open", "shut"]}),
        ["$.state: enum changed", "$.state: opened or closed as an enumeration"],
    ),
    "renamed variant": (
        changed("$defs.Day.properties.kind", const="date"),
        ["$.when.kind: const changed"],
    ),
    "list made a value": (
        changed("properties.slots", items=None),
        ["$.slots: items changed"],
    ),
    "closed to unknown fields": (
        changed("", additionalProperties=False),
        ["$: additionalProperties changed"],
    ),
}

COMPATIBLE = {
    "nothing": deepcopy(SCHEMA),
    "texts": changed("", **{"$id": "urn:example:2", "description": "Else.", "title": "Meeting"}),
    "new optional field": changed("properties", by={"type": "string"}),
    "new known value": changed("$defs.State", **{"x-open-enum": ["shut", "ajar", "open"]}),
    "other order of variants": changed(
        "properties.when", oneOf=list(reversed(SCHEMA["properties"]["when"]["oneOf"]))
    ),
    "definition written in place": changed("properties", state=SCHEMA["$defs"]["State"]),
}


@pytest.mark.parametrize("ce_type", TYPES)
def test_every_revision_can_stand_beside_every_other(ce_type: str) -> None:
    history = list(revisions(CHECKOUT / "schemas", ce_type).values())
    assert history
    for earlier in range(len(history)):
        for later in range(earlier + 1, len(history)):
            assert breaking_changes(history[earlier], history[later]) == []


@pytest.mark.parametrize("message", message_types(), ids=TYPES)
def test_todays_schema_can_stand_beside_every_revision(message: Any) -> None:
    for committed in revisions(CHECKOUT / "schemas", message.type).values():
        assert breaking_changes(committed, json_schema(message)) == []


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_is_named(change: str) -> None:
    schema, findings = BREAKING[change]
    assert breaking_changes(SCHEMA, schema) == findings


@pytest.mark.parametrize("change", COMPATIBLE)
def test_a_compatible_change_is_none(change: str) -> None:
    assert breaking_changes(SCHEMA, COMPATIBLE[change]) == []


def test_real_messages_are_told_apart() -> None:
    schemas = [json_schema(message) for message in message_types() if "Entry" in message.__name__]
    for one, other in permutations(schemas, 2):
        if one["properties"].keys() != other["properties"].keys():
            assert breaking_changes(one, other) or breaking_changes(other, one)


@pytest.mark.parametrize("message", message_types(), ids=TYPES)
def test_removing_any_field_of_a_real_message_is_found(message: Any) -> None:
    schema = json_schema(message)
    for field in schema["properties"]:
        without = deepcopy(schema)
        del without["properties"][field]
        assert f"$.{field}: removed" in breaking_changes(schema, without)


@given(st.sampled_from(message_types()), st.data())
def test_retyping_any_field_of_a_real_message_is_found(message: Any, data: st.DataObject) -> None:
    schema = json_schema(message)
    field = data.draw(st.sampled_from(sorted(schema["properties"])))
    retyped = deepcopy(schema)
    retyped["properties"][field] = {"type": "something else"}
    assert breaking_changes(schema, retyped)
    assert breaking_changes(retyped, schema)
