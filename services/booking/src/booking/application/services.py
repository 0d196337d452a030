"""What the use cases work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from booking.application.ports import Bookings, Calendars, FreeSlots, Hosts, MeetingTypes
from booking.application.roster import Rosters


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the operator decides.

    `answer_within` is how long a booking waits for silent calendars before it is confirmed
    without them. `uid_domain` stands behind the @ of every UID (RFC 7986 §5.3).
    """

    answer_within: timedelta = timedelta(seconds=20)
    max_unanswered: int = 5
    uid_domain: str = "entente.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a use case may ask for."""

    bookings: Bookings
    hosts: Hosts
    meeting_types: MeetingTypes
    calendars: Calendars
    rosters: Rosters
    free_slots: FreeSlots
    policy: Policy = Policy()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
