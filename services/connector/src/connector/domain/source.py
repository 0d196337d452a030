"""What a calendar source can tell: capabilities, calendars, readings and failures.

A source is any place busy time comes from: Google, Graph, EWS, Zoho, CalDAV, an ICS link. A reading
is evidence (`Unchanged`, `Changes`) or it is a raised `SourceFailure`; there is no third outcome,
so a failed read can never pass for an empty calendar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)

Cursor: TypeAlias = Mapping[str, JsonValue]
"""Where the next read goes on. Opaque to all but the source that made it; plain JSON without
secrets.

Store it in the transaction that stores what the reading brought. A source that cannot use a cursor
answers with a complete listing.
"""


class Access(StrEnum):
    """The most the connected account may do with one calendar."""

    FREE_BUSY = "freebusy"
    READ = "read"
    WRITE = "write"


class Conferencing(StrEnum):
    """The conference link a source can add to an entry it writes."""

    NONE = "none"
    MEET = "meet"
    TEAMS = "teams"


class Permission(StrEnum):
    """What Entente asks of an account; a person may grant less (Google lets them untick scopes)."""

    LIST_CALENDARS = "list_calendars"
    READ_BUSY = "read_busy"
    READ_ENTRIES = "read_entries"
    WRITE_ENTRIES = "write_entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a connection can do; `max_staleness` is how old its answers may be at its best."""

    read: bool
    write: bool
    holds: bool
    push: bool
    delta: bool
    freebusy_only: bool
    two_way: bool
    sends_own_invites: bool
    max_staleness: timedelta
    conferencing: Conferencing = Conferencing.NONE

    def __post_init__(self) -> None:
        """Refuse combinations that no source can have."""
        if not self.write and (self.holds or self.two_way or self.sends_own_invites):
            raise ValueError("holds, two_way and sends_own_invites need write")
        if self.two_way and (self.freebusy_only or not self.read):
            raise ValueError("two_way needs readable entries")
        if self.max_staleness <= timedelta():
            raise ValueError("max_staleness must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredCalendar:
    """A calendar the account can see. `timezone` is the source's own name for it, IANA or not."""

    remote_id: str
    name: str
    access: Access
    timezone: str | None = None
    is_primary: bool = False
    color: str | None = None

    def __post_init__(self) -> None:
        """Refuse a calendar that could not be asked for again."""
        if not self.remote_id:
            raise ValueError("a calendar needs a remote id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The calendars of an account, and the permissions that were asked for but not granted."""

    calendars: tuple[DiscoveredCalendar, ...]
    missing: frozenset[Permission] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One stored object: an iCalendar body (a UID with its overrides, or a whole feed) or JSON.

    `media_type` is the Content-Type as sent, parameters included. `etag` is as sent, weak mark
    included.
    """

    content: bytes = field(repr=False)
    media_type: str
    etag: str | None = None

    def __post_init__(self) -> None:
        """Refuse an empty body: it would read as a free calendar."""
        if not self.content.strip():
            raise ValueError("a resource has content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Read in full at `as_of`, and nothing differs from what `cursor` was given for."""

    as_of: datetime
    cursor: Cursor = field(repr=False)
    next_poll_hint: timedelta | None = None

    def __post_init__(self) -> None:
        """Refuse naive times and hints that would poll at once."""
        _require_sound(self.as_of, self.next_poll_hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs since the cursor, or everything in the window asked for when `complete`.

    `as_of` (aware) was taken before the first request, so nothing newer than it is claimed. Only a
    complete reading makes absence evidence: names it leaves out are gone. `removed` is what the
    source says is gone; before a booking is cancelled for it, look the resource up.
    """

    as_of: datetime
    cursor: Cursor = field(repr=False)
    upserted: Mapping[str, Resource]
    removed: frozenset[str] = frozenset()
    complete: bool = False
    next_poll_hint: timedelta | None = None

    def __post_init__(self) -> None:
        """Refuse a reading that contradicts itself."""
        _require_sound(self.as_of, self.next_poll_hint)
        if self.complete and self.removed:
            raise ValueError("a complete reading removes by leaving out")
        if not self.removed.isdisjoint(self.upserted):
            raise ValueError("a resource is either upserted or removed")


Reading: TypeAlias = Unchanged | Changes


def _require_sound(as_of: datetime, next_poll_hint: timedelta | None) -> None:
    if as_of.utcoffset() is None:
        raise ValueError("as_of must be aware")
    if next_poll_hint is not None and next_poll_hint <= timedelta():
        raise ValueError("next_poll_hint must be positive")


class CheckResult(StrEnum):
    """All a connection test ever says; anything finer would map the network for a stranger."""

    OK = "ok"
    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NETWORK = "network"
    NOT_A_CALENDAR = "not_a_calendar"


class FailureKind(StrEnum):
    """Why a source could not be read."""

    AUTHENTICATION = "authentication"
    """The credentials are refused; only the owner can repair it."""
    PERMISSION = "permission"
    """The account is known but may not do this."""
    NETWORK = "network"
    """No usable connection or answer: DNS, TLS, time-out, 5xx. Worth another try."""
    NOT_A_CALENDAR = "not_a_calendar"
    """Something else answers at this address."""
    THROTTLED = "throttled"
    """Asked too often; wait `retry_after`."""
    GONE = "gone"
    """The calendar is not there any more."""
    INVALID_ANSWER = "invalid_answer"
    """Truncated, empty or contradictory: proves nothing."""
    TOO_LARGE = "too_large"
    """Past one of our limits."""
    ADDRESS_REFUSED = "address_refused"
    """The address is not one Entente may talk to."""

    @property
    def check_result(self) -> CheckResult:
        """What a connection test says of this failure.

        A refused address looks like an unreachable one: telling them apart would answer probes.
        """
        return _CHECK_RESULTS[self]


_CHECK_RESULTS: Mapping[FailureKind, CheckResult] = {
    FailureKind.AUTHENTICATION: CheckResult.AUTHENTICATION,
    FailureKind.PERMISSION: CheckResult.PERMISSION,
    FailureKind.NETWORK: CheckResult.NETWORK,
    FailureKind.THROTTLED: CheckResult.NETWORK,
    FailureKind.ADDRESS_REFUSED: CheckResult.NETWORK,
    FailureKind.NOT_A_CALENDAR: CheckResult.NOT_A_CALENDAR,
    FailureKind.GONE: CheckResult.NOT_A_CALENDAR,
    FailureKind.INVALID_ANSWER: CheckResult.NOT_A_CALENDAR,
    FailureKind.TOO_LARGE: CheckResult.NOT_A_CALENDAR,
}


class SourceFailure(Exception):  # noqa: N818 - a failure is an expected outcome of a read, by this name
    """A source could not be read; what was known before stays known and grows stale.

    `detail` is for logs: it never holds credentials, bodies, or a URL's path and query.
    """

    def __init__(
        self, kind: FailureKind, detail: str, *, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
