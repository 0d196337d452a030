"""The shapes of requests and answers."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from booking.domain.booking import Booking, Canceller, Status
from booking.domain.entry import Known
from booking.domain.host import Host
from booking.domain.meeting_type import HostsMode, MeetingType, StalePolicy
from booking.domain.parties import Guest, Role
from booking.domain.queue import Member, Skipped
from booking.domain.slot import Slot
from booking.domain.working_hours import WorkingHours
from booking.entrypoints.http.moments import Moment

Line = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\r\n\x00]*$")]
Note = Annotated[str, Field(max_length=8_000, pattern=r"^[^\x00]*$")]
Address = Annotated[str, Field(max_length=320, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")]
Zone = Annotated[str, Field(max_length=64, examples=["Europe/Ljubljana"])]
Locale = Annotated[
    str,
    Field(
        min_length=2,
        max_length=35,
        pattern=r"^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$",
        examples=["sl-SI"],
    ),
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HostIn(_Asked):
    """A host as saved."""

    name: Line
    address: Address
    timezone: Zone
    locale: Locale = "en"
    working_hours: WorkingHours
    assistants: tuple[Line, ...] = Field(default=(), description="`sub` of who may manage it too")
    active: bool = True


class HostOut(HostIn):
    """A host."""

    id: UUID
    owner: str
    revision: int
    changed_at: datetime

    @classmethod
    def of(cls, host: Host) -> Self:
        """Return the host as shown."""
        return cls(
            id=host.id,
            owner=host.owner,
            name=host.name,
            address=host.address,
            timezone=host.timezone,
            locale=host.locale,
            working_hours=host.working_hours,
            assistants=host.assistants,
            active=host.active,
            revision=host.revision,
            changed_at=host.changed_at,
        )


class MeetingTypeIn(_Asked):
    """A meeting type as saved. Durations are minutes unless named otherwise."""

    slug: str = Field(description="What guests find it by; unique")
    title: Line
    description: Note | None = None
    duration_minutes: int = 30
    step_minutes: int = 15
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    minimum_notice_minutes: int = 60
    horizon_days: int = 60
    daily_limit: int | None = None
    holds: bool = Field(default=True, description="Proposed dates are held until one is chosen")
    hold_minutes: int = 2880
    reminders: tuple[int, ...] = Field(default=(1440, 60), description="Minutes before the start")
    location: Line | None = None
    conference: bool = False
    confirmation_required: bool = False
    mode: HostsMode = HostsMode.ONE
    host_ids: tuple[UUID, ...]
    timezone: Zone
    stale_policy: StalePolicy = StalePolicy.RECHECK
    stale_after_seconds: int = 900
    active: bool = True


class MeetingTypeOut(MeetingTypeIn):
    """A meeting type."""

    id: UUID
    owner: str
    revision: int
    changed_at: datetime

    @classmethod
    def of(cls, kind: MeetingType) -> Self:
        """Return the meeting type as shown."""
        return cls(**{name: getattr(kind, name) for name in cls.model_fields})


class SlotOut(BaseModel):
    """A stretch of time `[start, end)` in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, slot: Slot) -> Self:
        """Return the slot as shown."""
        return cls(start=slot.start, end=slot.end)


class GuestIn(_Asked):
    """Who wants to meet."""

    name: Line
    address: Address
    timezone: Zone
    locale: Locale = "en"

    def guest(self) -> Guest:
        """Return the guest."""
        return Guest(
            name=self.name, address=self.address, timezone=self.timezone, locale=self.locale
        )


class ProposalIn(_Asked):
    """Dates to propose."""

    guest: GuestIn
    starts: tuple[Moment, ...] = Field(min_length=1, max_length=20)
    timezone: Zone = Field(description="In which the dates are agreed")
    description: Note | None = None


class InvitationIn(ProposalIn):
    """Dates a host proposes to a guest."""

    meeting_type_id: UUID
    title: Line | None = None
    at_once: bool = Field(default=False, description="Book the only date without asking the guest")


class ChoiceIn(_Asked):
    """The chosen date."""

    option_id: UUID
    revision: int | None = Field(default=None, description="Refuse if the booking has changed")


class ReasonIn(_Asked):
    """Why there will be no meeting."""

    reason: Note | None = None
    revision: int | None = None


class MoveIn(_Asked):
    """The new time."""

    start: Moment
    revision: int | None = None


class HostsMoveIn(MoveIn):
    """The new time, and other hosts if they are to change."""

    host_ids: tuple[UUID, ...] | None = Field(default=None, min_length=1)


class OptionOut(SlotOut):
    """A proposed date."""

    id: UUID


class PartyOut(BaseModel):
    """Someone of the booking."""

    name: str
    address: str | None = None
    timezone: str


class BookingOut(BaseModel):
    """A booking as its parties see it."""

    id: UUID
    revision: int
    status: Status
    initiator: Role
    title: str
    description: str | None
    location: str | None
    conference_url: str | None
    meeting_type_id: UUID
    host_ids: tuple[UUID, ...]
    hosts: tuple[PartyOut, ...]
    guest: PartyOut
    timezone: str
    options: tuple[OptionOut, ...]
    slot: SlotOut | None
    pending_slot: SlotOut | None
    previous_slot: SlotOut | None
    sequence: int
    entry: Known | None = Field(description="What is known of the calendar entry")
    expires_at: datetime | None
    cancelled_by: Canceller | None
    cancellation_reason: str | None
    refusal: str | None = Field(description="Reason code")
    alternatives: tuple[SlotOut, ...]
    changed_at: datetime

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """Return the booking as shown."""
        ended = booking.cancellation
        return cls(
            id=booking.id,
            revision=booking.revision,
            status=booking.status,
            initiator=booking.initiator,
            title=booking.title,
            description=booking.description,
            location=booking.terms.location,
            conference_url=booking.conference_url,
            meeting_type_id=booking.terms.meeting_type_id,
            host_ids=booking.host_ids,
            hosts=tuple(PartyOut(name=h.name, timezone=h.timezone) for h in booking.hosts),
            guest=PartyOut(
                name=booking.guest.name,
                address=booking.guest.address,
                timezone=booking.guest.timezone,
            ),
            timezone=booking.timezone,
            options=tuple(
                OptionOut(id=o.id, start=o.slot.start, end=o.slot.end) for o in booking.options
            ),
            slot=SlotOut.of(booking.slot) if booking.slot else None,
            pending_slot=SlotOut.of(booking.move.slot) if booking.move else None,
            previous_slot=SlotOut.of(booking.previous_slot) if booking.previous_slot else None,
            sequence=booking.sequence,
            entry=booking.known_entry,
            expires_at=booking.expires_at,
            cancelled_by=ended.by if ended else None,
            cancellation_reason=ended.reason if ended else None,
            refusal=booking.refusal.reason if booking.refusal else None,
            alternatives=tuple(SlotOut.of(slot) for slot in booking.alternatives),
            changed_at=booking.changed_at,
        )


class MemberOut(BaseModel):
    """A host's place in the queue."""

    host_id: UUID
    joined_at: datetime
    last_chosen_at: datetime | None
    skipped: Skipped | None

    @classmethod
    def of(cls, member: Member) -> Self:
        """Return the member as shown."""
        return cls(
            host_id=member.host_id,
            joined_at=member.joined_at,
            last_chosen_at=member.last_chosen_at,
            skipped=member.skipped,
        )


class PublicMeetingTypeOut(BaseModel):
    """A meeting type as guests see it."""

    slug: str
    title: str
    description: str | None
    duration_minutes: int
    location: str | None
    conference: bool
    confirmation_required: bool
    timezone: str
    hosts: tuple[str, ...] = Field(description="Names")
