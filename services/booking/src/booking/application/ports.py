"""What the use cases need from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from entente_contracts import Message
from messaging.delivery import Arrival

from booking.application.roster import Roster
from booking.domain.booking import Booking, Obstacle, Refusal, Status, Transition
from booking.domain.calendar import Calendar
from booking.domain.claims import Claim
from booking.domain.host import Host
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.parties import Role
from booking.domain.queue import Member
from booking.domain.slot import Slot
from booking.domain.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A caller's idempotency key: the same key and request get the same answer.

    `caller` is who the key belongs to, `request` a digest of what was asked.
    """

    tenant_id: str
    caller: str
    key: str
    request: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Digests of the secrets in the parties' links."""

    host: bytes
    guest: bytes

    def of(self, party: Role) -> bytes:
        """Return the party's."""
        return self.host if party is Role.HOST else self.guest


class Bookings(Protocol):
    """Bookings with their claims. Each method is one statement."""

    async def get(self, tenant_id: str, booking_id: UUID) -> Booking | None:
        """Return the booking, None in another tenant."""
        ...

    async def load(self, booking_id: UUID) -> Booking | None:
        """Return the booking, whatever its tenant."""
        ...

    async def open(self, booking_id: UUID) -> tuple[Booking, Secrets] | None:
        """Return the booking with the digests that open it."""
        ...

    async def store(
        self,
        transition: Transition,
        *,
        receipt: Receipt | None = None,
        cause: Arrival | None = None,
        resting_on: Roster | None = None,
    ) -> None:
        """Keep the booking, its claims and all messages of the transition, or nothing.

        A new booking rests on a roster. Raises SlotTakenError, OutrunError (another transition was
        first, or the roster has changed), KeyInUseError.
        """
        ...

    async def announce(self, messages: Sequence[Message], *, cause: Arrival | None = None) -> None:
        """Put messages that go with no transition into the outbox."""
        ...

    async def answered(self, receipt: Receipt) -> Booking | None:
        """Return what was answered to this key before; raises KeyReusedError."""
        ...

    async def refusal(
        self,
        terms: Terms,
        claims: Sequence[Claim],
        *,
        but: UUID | None = None,
        by: Collection[Status] = frozenset(Status),
    ) -> Refusal | None:
        """Return why the claims cannot be had, None when they could.

        The booking `but` does not count, nor do those in another status than `by` names.
        """
        ...

    async def due(self, now: datetime, most: int, *, but: Collection[UUID]) -> Sequence[UUID]:
        """Return the bookings whose saga has to act by itself, the longest due first.

        Those in `but` are passed over.
        """
        ...

    async def overlapped(self, host_id: UUID, window: Slot) -> Sequence[Booking]:
        """Return the bookings that claim time of the host within the window."""
        ...

    async def keep(self, booking_id: UUID) -> Booking | None:
        """Return the booking as it is and as it stays until the transaction ends."""
        ...

    async def undecided(self, host_ids: Collection[UUID]) -> Sequence[Booking]:
        """Return the proposals without holds that want time of any of these hosts."""
        ...

    async def agenda(
        self, tenant_id: str, host_ids: Collection[UUID], window: Slot
    ) -> Sequence[Booking]:
        """Return the bookings of these hosts that start within the window, in order."""
        ...

    async def unanswered(self, tenant_id: str, address: str) -> int:
        """Return how many proposals of a guest's address await an answer."""
        ...

    async def note_conflict(self, booking: Booking, obstacle: Obstacle) -> bool:
        """Note a conflict; tell whether it is new."""
        ...


class Hosts(Protocol):
    """Hosts."""

    async def get(self, tenant_id: str, host_id: UUID) -> Host | None:
        """Return the host, None in another tenant."""
        ...

    async def zone_of(self, host_id: UUID) -> str | None:
        """Return the host's IANA zone, whatever its tenant."""
        ...

    async def several(self, tenant_id: str, host_ids: Collection[UUID]) -> Sequence[Host]:
        """Return those of the tenant, in the order asked for."""
        ...

    async def of_tenant(self, tenant_id: str) -> Sequence[Host]:
        """Return all of the tenant."""
        ...

    async def store(self, host: Host) -> None:
        """Keep the host and announce it; raises OutrunError unless it is the next revision."""
        ...


class MeetingTypes(Protocol):
    """Meeting types."""

    async def get(self, tenant_id: str, meeting_type_id: UUID) -> MeetingType | None:
        """Return the meeting type, None in another tenant."""
        ...

    async def find(self, slug: str) -> MeetingType | None:
        """Return the meeting type guests know by this slug."""
        ...

    async def of_tenant(self, tenant_id: str) -> Sequence[MeetingType]:
        """Return all of the tenant."""
        ...

    async def store(self, meeting_type: MeetingType) -> None:
        """Keep it; raises OutrunError, or SlugTakenError."""
        ...


class Calendars(Protocol):
    """Hosts' calendars, projected from their events, and the queue that follows from them."""

    async def of_hosts(self, host_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Calendar]]:
        """Return the calendars by host."""
        ...

    async def get(self, calendar_id: UUID) -> Calendar | None:
        """Return the calendar."""
        ...

    async def project(self, calendar: Calendar) -> bool:
        """Keep the calendar unless a newer revision is known; tell whether it was kept."""
        ...

    async def queue(self, tenant_id: str) -> Sequence[Member]:
        """Return the tenant's queue in order of joining."""
        ...

    async def enqueue(self, member: Member) -> None:
        """Add the host to the queue, or update why it is skipped."""
        ...

    async def chosen(self, host_id: UUID, now: datetime) -> None:
        """Note that it was the host's turn."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSlot:
    """A slot that can be offered, and the hosts who are free then.

    `recheck`: it rests on a calendar whose picture is old.
    """

    slot: Slot
    host_ids: tuple[UUID, ...]
    recheck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which slots are looked for; `ignoring` is a booking that is to move."""

    meeting_type: MeetingType
    host_ids: tuple[UUID, ...]
    window: Slot
    ignoring: UUID | None = None

    @property
    def mode(self) -> HostsMode:
        """Which of `host_ids` have to be free: those of a booking may be more than its type's."""
        if self.meeting_type.mode is HostsMode.ANY:
            return HostsMode.ANY
        return HostsMode.ONE if len(self.host_ids) == 1 else HostsMode.COLLECTIVE


class FreeSlots(Protocol):
    """Asks availability. Raises AvailabilityUnavailableError: silence is never free time."""

    async def find(self, search: Search) -> Sequence[FreeSlot]:
        """Return the free slots in order."""
        ...

    async def why_not(self, search: Search) -> Refusal:
        """Return why the slot that is the search's window is not offered."""
        ...


class RateLimits(Protocol):
    """Token buckets shared by all replicas."""

    async def take(self, key: str, *, capacity: int, refill: timedelta) -> bool:
        """Take a token; False when there is none. One comes back every `refill`."""
        ...
