"""Pushed busy time as it is stored: JSON in the shape of a resource."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from connector.domain.busy_state import BusyState
from connector.domain.occurrence import AllDayOccurrence, Occurrence, TimedOccurrence
from connector.domain.source import Cursor, Resource

PUSHED = "pushed"
"""The remote id of an in-house calendar, and the name of its only resource."""

MEDIA_TYPE = "application/vnd.entente.busy+json"


def write_pushed(occurrences: Iterable[Occurrence]) -> Resource:
    """Return occurrences as a resource."""
    content = json.dumps({"busy": [_shown(occurrence) for occurrence in occurrences]})
    return Resource(content=content.encode(), media_type=MEDIA_TYPE)


def cursor_after(as_of: datetime) -> Cursor:
    """Return the cursor that a push as of a moment (aware) leaves."""
    return {"as_of": as_of.isoformat()}


def read_pushed(content: bytes) -> tuple[Occurrence, ...]:
    """Return the occurrences of such a resource."""
    return tuple(_occurrence(shown) for shown in json.loads(content)["busy"])


def uid_of(start: datetime | date, end: datetime | date, state: BusyState) -> str:
    """Return a UID for busy time that came without one: the same for the same time."""
    return sha256(f"{start.isoformat()}/{end.isoformat()}/{state}".encode()).hexdigest()


def _shown(occurrence: Occurrence) -> Mapping[str, str]:
    about = {"uid": occurrence.uid, "state": occurrence.state.value}
    if isinstance(occurrence, TimedOccurrence):
        times = {"start": occurrence.start.isoformat(), "end": occurrence.end.isoformat()}
    else:
        times = {
            "start_date": occurrence.start_date.isoformat(),
            "end_date": occurrence.end_date.isoformat(),
        }
    return about | times


def _occurrence(shown: Mapping[str, Any]) -> Occurrence:
    identity = (shown["uid"], None, 0, BusyState(shown["state"]), None)
    if "start" in shown:
        return TimedOccurrence(
            *identity,
            start=datetime.fromisoformat(shown["start"]).astimezone(UTC),
            end=datetime.fromisoformat(shown["end"]).astimezone(UTC),
        )
    return AllDayOccurrence(
        *identity,
        start_date=date.fromisoformat(shown["start_date"]),
        end_date=date.fromisoformat(shown["end_date"]),
    )
