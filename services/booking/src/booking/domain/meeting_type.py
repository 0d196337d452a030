"""Meeting types: what can be booked, with whom, and by which rules."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from booking.domain.errors import RuleError
from booking.domain.terms import Terms
from booking.domain.zone import zone_named

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_DAY = 24 * 60
_WEEK = 7 * _DAY
_MAX_TITLE = 512
_MAX_HOSTS = 20
_MAX_REMINDERS = 5
_EARLIEST_REMINDER = 4 * _WEEK
_LIMITS = {
    "duration_minutes": (1, _DAY),
    "step_minutes": (1, _DAY),
    "buffer_before_minutes": (0, _DAY),
    "buffer_after_minutes": (0, _DAY),
    "minimum_notice_minutes": (0, 365 * _DAY),
    "horizon_days": (0, 730),
    "hold_minutes": (1, 4 * _WEEK),
    "stale_after_seconds": (0, 7 * 86_400),
}


def is_slug(text: str) -> bool:
    """Tell whether a meeting type could be known by this name."""
    return _SLUG.fullmatch(text) is not None


class HostsMode(StrEnum):
    """Which of the hosts meet the guest."""

    ONE = "one"
    """The only one there is."""
    COLLECTIVE = "collective"
    """All of them."""
    ANY = "any"
    """Whoever is free and whose turn it is."""


class StalePolicy(StrEnum):
    """What a calendar means whose picture is too old."""

    BLOCK = "block"
    RECHECK = "recheck"
    OFFER = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingType:
    """A kind of meeting.

    Guests find it by its `slug`. `holds` says that proposed dates are claimed, for `hold_minutes`
    (which also bounds how long a proposal may be answered). `timezone` is the clock that common
    starts are counted on. `reminders` are minutes before the start. With
    `confirmation_required`, a host has to approve what guests choose.
    """

    id: UUID
    tenant_id: str
    owner: str
    slug: str
    title: str
    description: str | None = None
    duration_minutes: int
    step_minutes: int = 15
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    minimum_notice_minutes: int = 60
    horizon_days: int = 60
    daily_limit: int | None = None
    holds: bool = True
    hold_minutes: int = 2 * _DAY
    reminders: tuple[int, ...] = (_DAY, 60)
    location: str | None = None
    conference: bool = False
    confirmation_required: bool = False
    mode: HostsMode = HostsMode.ONE
    host_ids: tuple[UUID, ...]
    timezone: str
    stale_policy: StalePolicy = StalePolicy.RECHECK
    stale_after_seconds: int = 900
    active: bool = True
    revision: int = 1
    changed_at: datetime

    def __post_init__(self) -> None:
        """Refuse rules that contradict each other."""
        if not is_slug(self.slug):
            raise RuleError("slug", "has 1 to 80 letters a-z, digits and dashes within")
        if not 1 <= len(self.title) <= _MAX_TITLE:
            raise RuleError("title", f"has 1 to {_MAX_TITLE} characters")
        for name, (least, most) in _LIMITS.items():
            if not least <= getattr(self, name) <= most:
                raise RuleError(name, f"is between {least} and {most}")
        if self.daily_limit is not None and self.daily_limit < 1:
            raise RuleError("daily_limit", "is at least 1")
        _require_reminders(self.reminders)
        if len(set(self.host_ids)) != len(self.host_ids) or not self.host_ids:
            raise RuleError("host_ids", "names at least one host, each once")
        if len(self.host_ids) > _MAX_HOSTS:
            raise RuleError("host_ids", f"names at most {_MAX_HOSTS} hosts")
        if self.mode is HostsMode.ONE and len(self.host_ids) > 1:
            raise RuleError("mode", "one has one host")
        zone_named("timezone", self.timezone)

    def changed(self, now: datetime, **changes: Any) -> "MeetingType":
        """Return the meeting type one revision later."""
        return replace(self, revision=self.revision + 1, changed_at=now, **changes)

    def terms(self) -> Terms:
        """Return what a booking takes over."""
        return Terms(
            meeting_type_id=self.id,
            title=self.title,
            duration_minutes=self.duration_minutes,
            buffer_before_minutes=self.buffer_before_minutes,
            buffer_after_minutes=self.buffer_after_minutes,
            holds=self.holds,
            conference=self.conference,
            location=self.location,
            reminders=self.reminders,
        )


def _require_reminders(reminders: tuple[int, ...]) -> None:
    if len(reminders) > _MAX_REMINDERS:
        raise RuleError("reminders", f"are at most {_MAX_REMINDERS}")
    if not all(1 <= minutes <= _EARLIEST_REMINDER for minutes in reminders):
        raise RuleError("reminders", f"are between 1 and {_EARLIEST_REMINDER} minutes before")
