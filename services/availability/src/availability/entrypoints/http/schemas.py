"""The OpenAPI document, from the very types that decode questions and encode answers."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from msgspec import Meta, Struct
from msgspec.json import schema_components

_REFERENCE = "#/components/schemas/{name}"


def described(question: type[Struct], answer: type[Struct]) -> dict[str, Any]:
    """Return the arguments of a route that reads and writes these documents itself."""
    return {
        "response_model": None,
        "openapi_extra": {
            "requestBody": {"required": True, "content": _content(question)},
        },
        "responses": {200: {"description": answer.__doc__, "content": _content(answer)}},
    }


def list_of(member: type[Struct]) -> Meta:
    """Return what the document says of a list that is written past the encoder.

    `document_types` must be given the members' type.
    """
    return Meta(extra_json_schema={"type": "array", "items": _reference(member)})


def document_types(app: FastAPI, *types: type[Struct]) -> None:
    """Add the schemas of the types to the app's document."""
    generate: Callable[[], dict[str, Any]] = app.openapi
    _, components = schema_components(types, ref_template=_REFERENCE)

    def openapi() -> dict[str, Any]:
        document = generate()
        document["components"]["schemas"].update(components)
        return document

    app.openapi = openapi


def _content(kind: type[Struct]) -> dict[str, Any]:
    return {"application/json": {"schema": _reference(kind)}}


def _reference(kind: type[Struct]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(name=kind.__name__)}
