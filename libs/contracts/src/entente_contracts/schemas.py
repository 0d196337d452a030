"""Write what readers outside Python need: a JSON Schema per message and the AsyncAPI document.

For developers: `python -m entente_contracts.schemas` writes into the checkout, `--check` only
compares. Needs the `tools` extra. A published revision is never rewritten: whoever changes a
message raises its `schema_revision`, and a new file appears beside the old ones.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from entente_contracts import examples
from entente_contracts.asyncapi import document
from entente_contracts.message import Message, message_types, schema_uri

CHECKOUT = Path(__file__).parents[2]


class Drift(Exception):  # noqa: N818 - reads as the fault it names
    """The files and the models disagree in a way only a person can settle."""


class _Generator(GenerateJsonSchema):
    """Schemas as other languages read them: no titles of fields, variants told apart by const."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that repeat the field's name."""
        del schema
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Leave out OpenAPI's `discriminator`: AsyncAPI means something else by the word."""
        union = super().tagged_union_schema(schema)
        union.pop("discriminator", None)
        return union

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Require the constant that tells variants apart; every producer writes it."""
        model = super().model_schema(schema)
        for name, field in model.get("properties", {}).items():
            if "const" in field and field.pop("default", None) is not None:
                model["required"] = [name, *model.get("required", [])]
        return model


def json_schema(message: type[Message]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a message's value."""
    return {
        "$schema": _Generator.schema_dialect,
        "$id": schema_uri(message),
        **message.model_json_schema(schema_generator=_Generator),
    }


def revisions(schemas: Path, ce_type: str) -> dict[int, dict[str, Any]]:
    """Return the committed schemas of a type by revision, oldest first."""
    found = {int(file.stem): file for file in (schemas / ce_type).glob("*.json")}
    return {revision: json.loads(found[revision].read_text()) for revision in sorted(found)}


def due(root: Path) -> Iterator[tuple[Path, str]]:
    """Return the files that should be, with their content, where they are not yet so.

    Raises Drift.
    """
    for message in message_types():
        wanted, committed = json_schema(message), revisions(root / "schemas", message.type)
        latest = max(committed, default=0)
        revision = message.schema_revision
        if revision == latest and committed[latest] != wanted:
            raise Drift(f"{message.type} changed: raise its schema_revision to {latest + 1}")
        if revision not in (latest, latest + 1):
            raise Drift(f"{message.type} is at revision {latest}, its class says {revision}")
        if revision == latest + 1:
            if latest and _body(committed[latest]) == _body(wanted):
                raise Drift(
                    f"{message.type} has not changed: leave its schema_revision at {latest}"
                )
            text = json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"
            yield root / "schemas" / message.type / f"{revision}.json", text
        _expect_example(message)
    contract = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)
    asyncapi = root / "asyncapi.yaml"
    if not asyncapi.exists() or asyncapi.read_text() != contract:
        yield asyncapi, contract


def main(arguments: list[str] | None = None) -> int:
    """Write what is due; with `--check`, name it and fail. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m entente_contracts.schemas")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on drift")
    parser.add_argument("--root", type=Path, default=CHECKOUT, help="the contracts' folder")
    options = parser.parse_args(arguments)
    try:
        files = list(due(options.root))
    except Drift as drift:
        sys.stderr.write(f"{drift}\n")
        return 1
    for path, text in files:
        sys.stderr.write(f"{'out of date' if options.check else 'written'}: {path}\n")
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return 1 if options.check and files else 0


def _expect_example(message: type[Message]) -> None:
    try:
        _, value = examples.load(message.type)
    except LookupError as missing:
        raise Drift(f"{missing}: write one, from a record that could be real") from missing
    message.model_validate_json(value)


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {keyword: value for keyword, value in schema.items() if keyword != "$id"}


if __name__ == "__main__":
    raise SystemExit(main())
