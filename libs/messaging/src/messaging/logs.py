"""JSON logs with trace ids that cannot leak what a record contained.

An exception's message may quote the data that caused it (a validation error quotes its input, a
unique violation the key), so only the messages of errors known to be harmless are written; of
the others the type and the stack are.
"""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any, cast

from aiokafka.errors import KafkaError
from opentelemetry import trace

from messaging.failure import PermanentError, TransientError
from messaging.startup import StartupError

_HARMLESS = (OSError, TimeoutError, KafkaError, TransientError, PermanentError, StartupError)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_NOISY = ("aiokafka", "kafka", "alembic")  # the last tells of each look at the schema
_REPEAT_SECONDS = 10.0


def configure(service: str, level: str) -> None:
    """Send every logger's records to standard output, one JSON object a line."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    limit = RepeatLimit(_REPEAT_SECONDS)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    # Its warnings advise against our settings; what fails, it logs as an error.
    logging.getLogger("messaging.faststream").setLevel(logging.ERROR)
    handler.addFilter(limit)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, service, logger, message, trace ids, extra fields."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; extra fields of the record become fields of the object."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            fields["trace_id"] = format(context.trace_id, "032x")
            fields["span_id"] = format(context.span_id, "016x")
        fields |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = describe(record.exc_info[1])
        return json.dumps(fields, default=str, ensure_ascii=False)


def describe(error: BaseException) -> dict[str, Any]:
    """Return type, harmless message and stack of an error, of its parts and of what caused it."""
    described: dict[str, Any] = {"type": type_name(error)}
    if isinstance(error, _HARMLESS):
        described["message"] = str(error)
    described["stack"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-12:]
    ]
    if isinstance(error, BaseExceptionGroup):
        parts = cast("BaseExceptionGroup[BaseException]", error).exceptions
        described["errors"] = [describe(part) for part in parts]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        described["cause"] = describe(cause)
    return described


def type_name(error: BaseException) -> str:
    """Return the qualified name of the error's class, as telemetry's `error.type` wants it."""
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


class RepeatLimit(logging.Filter):
    """Lets a Kafka client log once per place and interval; an outage logs hundreds a second."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record may pass."""
        if not record.name.startswith(_NOISY):
            return True
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._last.get(place, -self._seconds) < self._seconds:
            return False
        self._last[place] = now
        return True
