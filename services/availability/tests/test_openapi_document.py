"""The committed OpenAPI document is the one that the service serves."""

import json
from pathlib import Path
from typing import Any

import pytest
from availability.entrypoints.http.app import build_http

pytestmark = pytest.mark.unit

DOCUMENT = Path(__file__).parents[1] / "openapi.json"


def served() -> dict[str, Any]:
    return build_http(None, verifier=None).openapi()


def test_the_committed_document_is_up_to_date() -> None:
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == json.loads(json.dumps(served()))


def test_every_reference_leads_somewhere() -> None:
    document = served()
    text = json.dumps(document)
    named = {piece.split('"')[0] for piece in text.split("#/components/schemas/")[1:]}
    assert named <= document["components"]["schemas"].keys()
    assert {"FreeBusyRequest", "FreeBusyResponse", "SlotsRequest", "SlotsResponse"} <= named
