"""The spans that services export to a file, as people and tests look at them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A finished span of a service; ids are hexadecimal, `links` are span ids, times are UTC."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str | None
    links: tuple[str, ...]
    start: datetime
    end: datetime
    failed: bool
    attributes: dict[str, Any]
    raw: str
    """The whole exported line."""

    def is_about(self, message_id: str) -> bool:
        """Return whether it speaks of this message."""
        return self.attributes.get("messaging.message.id") == message_id


def read_spans(path: Path) -> list[Span]:
    """Return the spans exported so far, in the order of their ends per process."""
    if not path.exists():
        return []
    complete, _, _being_written = path.read_text().rpartition("\n")
    return [_span(line) for line in complete.splitlines()]


def named(spans: Sequence[Span], name: str) -> list[Span]:
    """Return the spans of this name."""
    return [span for span in spans if span.name == name]


def _span(line: str) -> Span:
    fields = json.loads(line)
    return Span(
        service=fields["service"],
        name=fields["name"],
        kind=fields["kind"],
        trace_id=fields["trace_id"],
        span_id=fields["span_id"],
        parent_id=fields["parent_id"],
        links=tuple(link["span_id"] for link in fields["links"]),
        start=datetime.fromisoformat(fields["start"]),
        end=datetime.fromisoformat(fields["end"]),
        failed=fields["status"] == "ERROR",
        attributes=fields["attributes"],
        raw=line,
    )
