"""What the document allows in a push is not refused for its length."""

import json

import pytest
from connector.entrypoints.http.app import MOST_BODY_BYTES
from connector.entrypoints.http.pushes import PushGiven

pytestmark = pytest.mark.unit


def test_the_longest_push_is_read() -> None:
    occurrence = {
        "start": "2026-11-21T09:00:00.000000+00:00",
        "end": "2026-11-21T10:00:00.000000+00:00",
        "state": "out_of_office",
        "uid": "\N{GRINNING FACE}" * 255,
    }
    push = {
        "sequence": 2**53,
        "window": {"first_date": "2026-11-21", "end_date": "2026-11-22"},
        "busy": [occurrence] * 10_000,
    }
    body = json.dumps(push, ensure_ascii=False).encode()
    assert len(PushGiven.model_validate_json(body).busy) == 10_000
    assert len(body) <= MOST_BODY_BYTES
