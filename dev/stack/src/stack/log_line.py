"""Make a line of a log pleasant to read."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from rich.text import Text

_LEVEL_STYLES = {
    "DEBUG": "dim",
    "INFO": "green",
    "WARNING": "yellow",
    "ERROR": "bold red",
    "CRITICAL": "bold white on red",
}
_PLACED = frozenset({"time", "level", "message", "service", "logger", "error", "span_id"})
_SHORT_TRACE = 8


def render(line: str) -> Text:
    """Return a service's JSON line as time, level, message and fields; any other line as it is."""
    fields = _fields(line)
    if fields is None:
        return Text.from_ansi(line)
    level = str(fields.get("level", ""))
    text = Text()
    text.append(f"{_clock(fields.get('time'))} ", style="dim")
    text.append(f"{level:<8}", style=_LEVEL_STYLES.get(level, ""))
    text.append(str(fields.get("message", "")))
    for name, value in fields.items():
        if name == "trace_id":
            text.append(f" trace={str(value)[:_SHORT_TRACE]}", style="dim")
        elif name not in _PLACED:
            text.append(f" {name}={value}", style="cyan")
    for described in _error_lines(fields.get("error")):
        text.append(f"\n    {described}", style="red")
    return text


def _fields(line: str) -> Mapping[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if "message" in parsed else None


def _clock(value: object) -> str:
    """Return the local wall-clock time of an ISO 8601 instant, to the millisecond."""
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value or "")
    return instant.astimezone().strftime("%H:%M:%S.%f")[:-3]


def _error_lines(error: Any) -> Iterator[str]:
    """Yield an error as `messaging.logs` describes it: type, message, stack, then its cause."""
    if not isinstance(error, dict):
        if error:
            yield str(error)
        return
    described = cast("dict[str, Any]", error)
    message = described.get("message")
    yield f"{described.get('type', 'error')}: {message}" if message else str(described.get("type"))
    yield from (f"  {frame}" for frame in described.get("stack", ()))
    if described.get("cause"):
        yield "caused by"
        yield from _error_lines(described["cause"])
