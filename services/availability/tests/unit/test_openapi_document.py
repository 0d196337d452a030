"""The committed OpenAPI document is the one that the service serves."""

import json
from pathlib import Path

import pytest
from availability.entrypoints.http.openapi import document

pytestmark = pytest.mark.unit

DOCUMENT = Path(__file__).parents[2] / "openapi.json"


def test_the_committed_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_every_reference_leads_somewhere() -> None:
    named = {piece.split('"')[0] for piece in document().split("#/components/schemas/")[1:]}
    assert named <= json.loads(document())["components"]["schemas"].keys()
    assert {"FreeBusyRequest", "FreeBusyResponse", "SlotsRequest", "SlotsResponse"} <= named
