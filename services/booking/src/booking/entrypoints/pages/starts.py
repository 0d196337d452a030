"""Starts of slots as links and forms carry them: `2026-11-24T09:00Z`."""

from collections.abc import Iterable
from datetime import UTC, datetime

from booking.entrypoints.http.moments import is_plausible

_MOST = 20


def written(start: datetime) -> str:
    """Return the start as text."""
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def read(texts: Iterable[str]) -> tuple[datetime, ...]:
    """Return the starts in order, each once, 20 at most; what is no aware time is left out."""
    found: set[datetime] = set()
    for text in texts:
        try:
            start = datetime.fromisoformat(text)
        except ValueError:
            continue
        if start.tzinfo is not None and is_plausible(start):
            found.add(start.astimezone(UTC))
    return tuple(sorted(found)[:_MOST])
