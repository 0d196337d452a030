import json
from typing import Any, cast

import pytest
from entente_contracts import Envelope, decode, encode, examples, message_type, message_types
from entente_contracts.examples import Example
from entente_contracts.schemas import CHECKOUT, revisions
from jsonschema import Draft202012Validator, ValidationError

pytestmark = pytest.mark.unit

EVERY = [example for ce_type in examples.types() for example in examples.every(ce_type)]


def name(example: Example) -> str:
    return f"{example.type}/{example.revision}"


def contains(written: Any, shown: Any) -> bool:
    """Tell whether everything shown was written; defaults of later fields may come with it."""
    if isinstance(shown, dict):
        fields = cast("dict[str, Any]", shown)
        return all(name in written and contains(written[name], fields[name]) for name in fields)
    if isinstance(shown, list):
        parts = cast("list[Any]", shown)
        return len(written) == len(parts) and all(map(contains, written, parts))
    return bool(written == shown)


def fit(value: Any, schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(value)  # pyright: ignore[reportUnknownMemberType] - its stub is partial


def test_every_message_has_an_example() -> None:
    assert set(examples.types()) == {message.type for message in message_types()}


@pytest.mark.parametrize("example", EVERY, ids=name)
def test_an_example_of_any_revision_is_read_today_and_written_as_it_was(example: Example) -> None:
    written = json.loads(encode(decode(example.type, example.value)))
    assert contains(written, json.loads(example.value))


@pytest.mark.parametrize("example", EVERY, ids=name)
def test_an_example_fits_its_schema(example: Example) -> None:
    schema = revisions(CHECKOUT / "schemas", example.type)[example.revision]
    Draft202012Validator.check_schema(schema)
    fit(json.loads(example.value), schema)


@pytest.mark.parametrize("example", EVERY, ids=name)
def test_an_example_fits_every_revision_there_is(example: Example) -> None:
    for schema in revisions(CHECKOUT / "schemas", example.type).values():
        fit(json.loads(example.value), schema)


@pytest.mark.parametrize("example", EVERY, ids=name)
def test_an_examples_headers_say_what_its_value_says(example: Example) -> None:
    envelope = Envelope.from_headers(example.headers)
    message = decode(example.type, example.value)
    schema = revisions(CHECKOUT / "schemas", example.type)[example.revision]
    assert envelope.type == example.type
    assert envelope.dataschema == schema["$id"]
    assert envelope.tenant_id == message.tenant_id
    assert envelope.subject == message.subject()
    assert envelope.aggregate_version == message.version()
    assert envelope.partition_key == message.key() == example.key.decode()


def test_ids_are_unique() -> None:
    ids = [Envelope.from_headers(example.headers).id for example in EVERY]
    assert len(set(ids)) == len(ids)
    assert {identity.version for identity in ids} == {7}


def test_a_schema_refuses_what_is_no_example() -> None:
    schema = revisions(CHECKOUT / "schemas", "entente.booking.confirmed.v1")[1]
    _, value = examples.load("entente.booking.confirmed.v1")
    broken = json.loads(value)
    del broken["booking"]["uid"]
    with pytest.raises(ValidationError, match="'uid' is a required property"):
        fit(broken, schema)


def test_load_returns_what_lies_on_the_topic() -> None:
    headers, value = examples.load("entente.booking.confirmed.v1")
    assert dict(headers)["ce_type"] == b"entente.booking.confirmed.v1"
    assert message_type("entente.booking.confirmed.v1") is type(
        decode("entente.booking.confirmed.v1", value)
    )


@pytest.mark.parametrize("unknown", ["", "entente.booking.teleported.v1", "__pycache__/x"])
def test_load_refuses_a_type_without_example(unknown: str) -> None:
    with pytest.raises(LookupError, match="no example"):
        examples.load(unknown)
