"""Two people who can be booked: Ada in Paris with CalDAV, Grace in New York with an ICS link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TENANT = "demo"
_OFFICE_HOURS = {
    "weekly": [
        {"weekday": day, "hours": [{"start": "09:00", "end": "17:00"}]} for day in range(1, 6)
    ],
    "overrides": [],
}


@dataclass(frozen=True, slots=True)
class SampleHost:
    """A host; `owner` is the subject of the token that may change what is theirs."""

    owner: str
    name: str
    timezone: str
    locale: str

    @property
    def body(self) -> Mapping[str, Any]:
        """What booking's API takes."""
        return {
            "name": self.name,
            "address": f"{self.owner}@example.org",
            "timezone": self.timezone,
            "locale": self.locale,
            "working_hours": _OFFICE_HOURS,
        }


ADA = SampleHost("ada", "Ada Lovelace", "Europe/Paris", "fr")
GRACE = SampleHost("grace", "Grace Hopper", "America/New_York", "en")
