"""The committed OpenAPI document is what the code serves."""

from pathlib import Path

import pytest
from connector.entrypoints.http.openapi import document

pytestmark = pytest.mark.unit

COMMITTED = Path(__file__).parents[2] / "openapi.json"


def test_the_document_is_up_to_date() -> None:
    assert COMMITTED.read_text() == document()
