"""The facts about bookings, from everywhere they can be seen; plain data, to be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from entente_contracts import BookingConflictDetected, BookingEvent
from meetings import Span
from people import Stretch
from walk.history import Asked, Deed
from walk.spans import shown


@dataclass(frozen=True, kw_only=True)
class Row:
    """A booking in booking's database. `dates` are the proposed ones with their UIDs."""

    id: UUID
    status: str
    revision: int
    sequence: int
    uid: str
    guest: str
    hosts: tuple[UUID, ...]
    dates: tuple[tuple[str, Span], ...]
    slot: Span | None
    holds: bool
    before: timedelta
    after: timedelta
    failed_calendars: frozenset[UUID] = frozenset()
    """Calendars that can never take the entry, as booking was told."""

    @property
    def stands(self) -> bool:
        return self.status in {"confirmed", "recorded_only"}

    @property
    def is_held(self) -> bool:
        return self.status == "proposed" and self.holds

    @property
    def meetings(self) -> list[Span]:
        """The time it takes now, without buffers."""
        if self.stands and self.slot:
            return [self.slot]
        return [span for _, span in self.dates] if self.is_held else []

    def __str__(self) -> str:
        dates = shown(*(span for _, span in self.dates))
        return (
            f"{self.status} revision {self.revision} sequence {self.sequence}"
            f" at {shown(self.slot)}, dates {dates}, UID {self.uid}, hosts {self.hosts}"
        )

    def occupied(self, span: Span) -> Span:
        """Return a meeting's time with the buffers around it."""
        return span[0] - self.before, span[1] + self.after


@dataclass(frozen=True)
class Claim:
    """Time of a host, as the table of claims has it."""

    booking: UUID
    host: UUID
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Told:
    """An event about a booking as it first appeared in Kafka."""

    at: datetime
    event: BookingEvent

    @property
    def kind(self) -> str:
        return type(self.event).__name__.removeprefix("Booking")

    @property
    def is_conflict(self) -> bool:
        return isinstance(self.event, BookingConflictDetected)


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """An event in a host's CalDAV calendar; `booking` is None for what is not ours."""

    host: UUID
    calendar: UUID
    uid: str
    booking: UUID | None
    span: Span
    status: str


@dataclass(frozen=True)
class Invitation:
    """The calendar part of a mail (RFC 5546)."""

    method: str
    uid: str
    sequence: int
    span: Span

    def __str__(self) -> str:
        return f"{self.method} sequence {self.sequence} for {shown(self.span)}"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail the mail server has accepted; `digest` is of all its bytes."""

    at: datetime
    message_id: str
    recipient: str
    digest: str
    invitation: Invitation | None = None


@dataclass(frozen=True, kw_only=True, order=True)
class Notice:
    """What the notifier says of a mail; `party` is `guest` or `host:<id>`."""

    booking: UUID
    revision: int
    party: str
    kind: str
    id: UUID
    message_id: str
    outcome: str
    """`sent` or `failed`, for good."""


@dataclass(frozen=True)
class SaidOfEntry:
    """What booking commanded of an entry, or the connector told of it, perhaps unasked."""

    at: datetime
    booking: UUID
    kind: str
    details: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything at one quiet moment, and the history that led there.

    `writable` are calendars by id with their host, `foreign` is what else hosts are busy with,
    `busy` what free/busy says of them. `notices` come from Kafka, `ledger` from the notifier.
    `answered` is the latest revision that somebody was shown.
    """

    rows: Mapping[UUID, Row]
    claims: Sequence[Claim]
    told: Mapping[UUID, Sequence[Told]]
    writable: Mapping[UUID, UUID]
    entries: Sequence[CalendarEntry]
    foreign: Mapping[UUID, Sequence[Span]]
    mails: Sequence[Mail]
    notices: Sequence[Notice]
    ledger: Sequence[Notice]
    busy: Mapping[UUID, Sequence[Stretch]]
    asked: Sequence[Asked] = ()
    answered: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    deeds: Sequence[Deed] = ()
    refused_guests: frozenset[str] = frozenset()
    kills: Sequence[tuple[datetime, str]] = ()
    said_of_entries: Sequence[SaidOfEntry] = ()
    dead_letters: Sequence[str] = field(default=())

    @property
    def met(self) -> set[str]:
        """What happened at least once: kinds of events, of news of entries, of mishaps."""
        events = {told.kind for all_told in self.told.values() for told in all_told}
        entries = {said.kind for said in self.said_of_entries}
        mails = {f"mail {notice.outcome}" for notice in self.notices}
        return events | entries | mails | {f"{service} killed" for _, service in self.kills}


@dataclass(frozen=True)
class Difference:
    """Something that two places say differently; `booking` is whose story helps to see why."""

    what: str
    booking: UUID | None = None
