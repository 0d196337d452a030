"""Log lines are JSON, say what is needed, and quote no content."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError
from messaging.failure import PermanentError
from messaging.logs import JsonFormatter, RepeatLimit, configure
from messaging.startup import StartupError
from opentelemetry.sdk.trace import TracerProvider

pytestmark = pytest.mark.unit

ADDRESS = "guest@example.org"


def raising(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as raised:
        return raised


def logged(message: str, *args: object, error: BaseException | None = None, **extra: Any) -> Any:
    logger = logging.getLogger("test")
    info = (type(error), error, error.__traceback__) if error else None
    record = logger.makeRecord(
        "test", logging.ERROR, __file__, 1, message, args, info, extra=extra or None
    )
    return json.loads(JsonFormatter("booking").format(record))


def test_a_line_has_time_level_service_message_and_the_extra_fields() -> None:
    line = logged("took %d s", 3, topic="booking.events.v1", partition=4)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "ERROR",
        "service": "booking",
        "logger": "test",
        "message": "took 3 s",
        "topic": "booking.events.v1",
        "partition": 4,
    }


def test_a_line_within_a_span_has_its_ids() -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("work") as span:
        line = logged("working")
    context = span.get_span_context()
    assert line["trace_id"] == f"{context.trace_id:032x}"
    assert line["span_id"] == f"{context.span_id:016x}"


def test_clients_are_heard_only_when_something_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    root, clients = logging.getLogger(), ("aiokafka", "kafka", "alembic")
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    usual = {name: logging.getLogger(name).level for name in clients} | {"root": root.level}
    try:
        configure("booking", "INFO")
        for name in clients:
            assert not logging.getLogger(f"{name}.part").isEnabledFor(logging.INFO)
            assert logging.getLogger(f"{name}.part").isEnabledFor(logging.WARNING)
    finally:
        for name, level in usual.items():
            logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError("no route"),
        KafkaConnectionError("no route"),
        PermanentError("no route"),
        StartupError("no route"),
    ],
    ids=repr,
)
def test_harmless_errors_keep_their_message(error: Exception) -> None:
    assert "no route" in logged("failed", error=raising(error))["error"]["message"]


def test_other_errors_show_type_and_stack_but_never_their_message() -> None:
    cause = raising(KeyError(ADDRESS))
    line = logged("failed", error=raising(ValueError(ADDRESS), cause))
    assert line["error"]["type"] == "ValueError"
    assert line["error"]["cause"]["type"] == "KeyError"
    assert "test_logs.py" in line["error"]["stack"][-1]
    assert ADDRESS not in json.dumps(line)


def test_the_errors_of_a_group_are_described_each() -> None:
    group = ExceptionGroup(ADDRESS, [ValueError(ADDRESS), ConnectionResetError("peer")])
    line = logged("failed", error=raising(group))
    assert [error["type"] for error in line["error"]["errors"]] == [
        "ValueError",
        "ConnectionResetError",
    ]
    assert line["error"]["errors"][1]["message"] == "peer"
    assert ADDRESS not in json.dumps(line)


def test_a_kafka_client_repeats_itself_once_per_place_and_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    passes: Callable[[logging.LogRecord], bool] = RepeatLimit(10).filter

    def from_line(number: int, name: str = "aiokafka.conn") -> logging.LogRecord:
        return logging.LogRecord(name, logging.WARNING, "conn.py", number, "lost", None, None)

    assert passes(from_line(1))
    assert not passes(from_line(1))
    assert passes(from_line(2))
    now += 9.9
    assert not passes(from_line(1))
    now += 0.1
    assert passes(from_line(1))
    assert all(passes(from_line(3, "messaging.relay")) for _ in range(5))
