"""What can be booked with the sample hosts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stack.sample.hosts import ADA, GRACE, SampleHost


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMeetingType:
    """A meeting type; the first host owns it, `more` are further fields of booking's API."""

    slug: str
    title: str
    hosts: tuple[SampleHost, ...]
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def summary(self) -> str:
        """What it is and with whom."""
        return f"{self.title} with {' and '.join(host.name for host in self.hosts)}"

    def body(self, ids: Mapping[str, str]) -> Mapping[str, Any]:
        """Return what booking's API takes; `ids` are the hosts' by owner."""
        return {
            "slug": self.slug,
            "title": self.title,
            "timezone": self.hosts[0].timezone,
            "host_ids": [ids[host.owner] for host in self.hosts],
            **self.more,
        }


INTRODUCTION = SampleMeetingType(
    slug="meet-ada",
    title="Introduction",
    hosts=(ADA,),
    more={"description": "Half an hour to get to know each other.", "location": "Video call"},
)
CONSULTATION = SampleMeetingType(
    slug="ask-ada",
    title="Consultation",
    hosts=(ADA,),
    more={
        "description": "Propose the times that suit you; Ada chooses one.",
        "duration_minutes": 60,
        "confirmation_required": True,
    },
)
COFFEE = SampleMeetingType(
    slug="coffee-with-grace",
    title="Coffee",
    hosts=(GRACE,),
    more={"location": "Café Luna, Brooklyn", "buffer_after_minutes": 15},
)
BOTH = SampleMeetingType(
    slug="ada-and-grace",
    title="Design review",
    hosts=(ADA, GRACE),
    more={"mode": "collective", "duration_minutes": 45},
)
SAMPLES = (INTRODUCTION, CONSULTATION, COFFEE, BOTH)
