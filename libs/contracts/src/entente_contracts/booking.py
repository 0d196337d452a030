"""Bookings, from the first proposed date to the end. Every event carries the whole booking."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from entente_contracts.busy import Conflict
from entente_contracts.message import Event, PersonalData
from entente_contracts.refusal import RefusalReason
from entente_contracts.topics import BOOKING_EVENTS
from entente_contracts.values import (
    Address,
    Instant,
    Link,
    Locale,
    MinutesBefore,
    Name,
    OpenEnum,
    PartyRole,
    Revision,
    Sequence,
    Text,
    TimeRange,
    Title,
    Uid,
    Value,
    ZoneName,
)


class BookingStatus(OpenEnum):
    """Where a booking is in its life; the last six are ends."""

    PROPOSED = "proposed"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    RECORDED_ONLY = "recorded_only"


class EntryState(OpenEnum):
    """What is known of the booking's calendar entry."""

    NONE = "none"
    PENDING = "pending"
    WRITTEN = "written"
    BY_MAIL = "by_mail"
    FAILED = "failed"


class ClaimState(OpenEnum):
    """How firmly a booking occupies a time."""

    HELD = "held"
    BOOKED = "booked"


class CancelledBy(OpenEnum):
    """Who ended a booking; `calendar` is a deletion in the provider's own app."""

    HOST = "host"
    GUEST = "guest"
    CALENDAR = "calendar"
    SYSTEM = "system"


class Notifier(OpenEnum):
    """Who mails the parties: exactly one does, for the whole life of the booking."""

    ENTENTE = "entente"
    PROVIDER = "provider"


class MeetingType(Value):
    """What was booked."""

    id: UUID
    title: Title
    duration_minutes: Annotated[int, Field(ge=1)]
    conference: bool = False


class BookedHost(Value):
    """A host of the booking; `calendar_id` is the calendar that receives the entry."""

    host_id: UUID
    name: Name
    address: Address
    timezone: ZoneName
    locale: Locale
    calendar_id: UUID | None = None


class Guest(Value):
    """Who meets the hosts."""

    name: Name
    address: Address
    timezone: ZoneName
    locale: Locale


class Option(TimeRange):
    """A proposed date. `uid` is its tentative entry's, and the meeting's if it is chosen."""

    id: UUID
    uid: Uid


class Claim(TimeRange):
    """Time of a host that the booking occupies at present.

    `[start, end)` is the meeting; the buffers lie around it and are occupied too. While a
    reschedule is under way, both the old and the new time are claimed.
    """

    host_id: UUID
    state: ClaimState
    buffer_before_minutes: Annotated[int, Field(ge=0)] = 0
    buffer_after_minutes: Annotated[int, Field(ge=0)] = 0


class Cancellation(Value):
    """Why there will be no meeting."""

    by: CancelledBy
    reason: Text | None = None


class Refusal(Value):
    """Why a confirmation was declined; `calendar_id` is the calendar in the way."""

    reason: RefusalReason
    calendar_id: UUID | None = None


class Booking(Value):
    """A whole booking.

    `slot` is the agreed time, absent until one is chosen; `pending_slot` the time a reschedule is
    moving to; `previous_slot` the time before the last reschedule. `uid` is constant from
    `confirming` on, `sequence` grows with every change the parties are told of. `timezone` is the
    zone the slot was agreed in. `claims` is every time the booking occupies now: empty at its end.
    """

    booking_id: UUID
    revision: Revision
    status: BookingStatus
    initiator: PartyRole
    meeting_type: MeetingType
    hosts: Annotated[tuple[BookedHost, ...], Field(min_length=1)]
    guest: Guest
    options: tuple[Option, ...] = ()
    slot: TimeRange | None = None
    pending_slot: TimeRange | None = None
    previous_slot: TimeRange | None = None
    claims: tuple[Claim, ...] = ()
    timezone: ZoneName
    uid: Uid
    sequence: Sequence
    title: Title
    description: Text | None = None
    location: Title | None = None
    conference_url: Link | None = None
    entry: EntryState
    expires_at: Instant | None = None
    cancellation: Cancellation | None = None
    refusal: Refusal | None = None
    alternatives: tuple[TimeRange, ...] = ()
    reminders: tuple[MinutesBefore, ...] = ()
    notifier: Notifier
    changed_at: Instant


class BookingEvent(Event):
    """A change of a booking; the whole booking as it is since."""

    topic = BOOKING_EVENTS
    personal_data = PersonalData.PERSONAL

    booking: Booking

    def key(self) -> str:
        """Return the booking id."""
        return str(self.booking.booking_id)

    def subject(self) -> str:
        """Return the booking id."""
        return str(self.booking.booking_id)

    def version(self) -> int:
        """Return the booking's revision."""
        return self.booking.revision


class BookingProposed(BookingEvent):
    """One or more dates were proposed; the other side has to choose one before `expires_at`."""

    type = "entente.booking.proposed.v1"


class BookingConfirmed(BookingEvent):
    """The meeting takes place at `slot`. `entry` may still be pending: the calendar follows."""

    type = "entente.booking.confirmed.v1"


class BookingRescheduled(BookingEvent):
    """The meeting moved from `previous_slot` to `slot`; UID stays, SEQUENCE grew."""

    type = "entente.booking.rescheduled.v1"


class BookingCancelled(BookingEvent):
    """A party, the provider's app or the system ended the booking; `cancellation` says who."""

    type = "entente.booking.cancelled.v1"


class BookingDeclined(BookingEvent):
    """A chosen date could not be had; `refusal` says why, `alternatives` what could be."""

    type = "entente.booking.declined.v1"


class BookingExpired(BookingEvent):
    """Nobody chose one of the proposed dates in time."""

    type = "entente.booking.expired.v1"


class BookingConflictDetected(BookingEvent):
    """A calendar shows something else at the time of a confirmed booking. The booking stands."""

    type = "entente.booking.conflict_detected.v1"

    conflict: Conflict
