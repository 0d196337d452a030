"""JSON lines are made readable; everything else passes as it is."""

import json

import pytest
from stack.log_line import render

pytestmark = pytest.mark.unit


def test_a_json_line_shows_time_level_message_and_fields() -> None:
    line = json.dumps(
        {
            "time": "2026-03-01T10:00:00.125+00:00",
            "level": "INFO",
            "service": "booking",
            "logger": "booking.relay",
            "message": "published",
            "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
            "count": 3,
        }
    )
    shown = render(line).plain
    assert ":00.125 INFO" in shown
    assert shown.endswith("published trace=4bf92f35 count=3")


def test_an_error_is_shown_with_its_stack_and_cause() -> None:
    error: dict[str, object] = {
        "type": "SlotTaken",
        "stack": ["claims.py:12 claim"],
        "cause": {"type": "OSError", "message": "gone", "stack": []},
    }
    shown = render(json.dumps({"level": "ERROR", "message": "failed", "error": error})).plain
    assert [line.strip() for line in shown.splitlines()[1:]] == [
        "SlotTaken",
        "claims.py:12 claim",
        "caused by",
        "OSError: gone",
    ]


@pytest.mark.parametrize("line", ["plain text", '{"no": "message field"}', "{not json", "[1]"])
def test_other_lines_pass_unchanged(line: str) -> None:
    assert render(line).plain == line
