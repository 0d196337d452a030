"""How a transition reads in the public contracts: the event it makes known, what it commands."""

from entente_contracts import (
    BookedHost,
    BookingCancelled,
    BookingConfirmed,
    BookingConflictDetected,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingProposed,
    BookingRescheduled,
    BookingStatus,
    Cancellation,
    CancelledBy,
    Claim,
    ClaimState,
    Conflict,
    EntryCommand,
    EntryState,
    EntryStatus,
    Guest,
    LastLook,
    MeetingType,
    Message,
    Notifier,
    Option,
    Party,
    PartyRole,
    Refusal,
    RefusalReason,
    RemoveEntry,
    TimeRange,
    WriteEntry,
)
from entente_contracts import Booking as PublicBooking

from booking.domain.booking import Booking, Fact, Obstacle, Status, Transition
from booking.domain.claims import claims_of
from booking.domain.entry import Entry, Known, Wanted
from booking.domain.slot import Slot

_EVENTS: dict[Fact, type[BookingEvent]] = {
    Fact.PROPOSED: BookingProposed,
    Fact.CONFIRMED: BookingConfirmed,
    Fact.RESCHEDULED: BookingRescheduled,
    Fact.CANCELLED: BookingCancelled,
    Fact.DECLINED: BookingDeclined,
    Fact.EXPIRED: BookingExpired,
}
_ENTRY_STATES = {
    None: EntryState.NONE,
    Known.PENDING: EntryState.PENDING,
    Known.WRITTEN: EntryState.WRITTEN,
    Known.BY_MAIL: EntryState.BY_MAIL,
    Known.FAILED: EntryState.FAILED,
}


def messages_of(transition: Transition) -> tuple[Message, ...]:
    """Return everything a transition announces and commands, the event first."""
    event = _event(transition)
    commands = tuple(command(transition.after, entry) for entry in transition.commands)
    return commands if event is None else (event, *commands)


def conflict_detected(booking: Booking, obstacle: Obstacle) -> Message:
    """Announce that something else stands at the time of a booking."""
    return BookingConflictDetected(
        tenant_id=booking.tenant_id,
        booking=public(booking),
        conflict=Conflict(
            calendar_id=obstacle.calendar_id,
            occurrence_id=obstacle.occurrence_id,
            start=obstacle.slot.start,
            end=obstacle.slot.end,
        ),
    )


def command(booking: Booking, entry: Entry) -> EntryCommand:
    """Return the command that makes the calendar show what is wanted of the entry."""
    if entry.wanted is Wanted.ABSENT:
        return RemoveEntry(
            tenant_id=booking.tenant_id,
            command_id=entry.command_id(booking.id),
            booking_id=booking.id,
            calendar_id=entry.calendar_id,
            booking_revision=entry.revision,
            uid=entry.uid,
            sequence=booking.sequence,
            option_id=entry.option_id,
        )
    slot = _slot_of(booking, entry)
    meeting = booking.move.hosts if booking.move else booking.hosts
    others = [host for host in meeting if host.host_id != entry.host_id]
    return WriteEntry(
        tenant_id=booking.tenant_id,
        command_id=entry.command_id(booking.id),
        booking_id=booking.id,
        calendar_id=entry.calendar_id,
        booking_revision=entry.revision,
        uid=entry.uid,
        sequence=booking.sequence,
        option_id=entry.option_id,
        status=EntryStatus.CONFIRMED if entry.is_meeting else EntryStatus.TENTATIVE,
        start=slot.start,
        end=slot.end,
        timezone=booking.timezone,
        summary=booking.title,
        description=booking.description,
        location=booking.terms.location,
        organizer=_host_of(booking, entry),
        attendees=(
            *(Party(name=other.name, address=other.address) for other in others),
            Party(name=booking.guest.name, address=booking.guest.address),
        ),
        conference=_makes_conference(booking, entry),
        reminders=booking.terms.reminders,
        last_look=_last_look(booking, entry, slot),
    )


def public(booking: Booking) -> PublicBooking:
    """Return the booking as the contracts show it."""
    return PublicBooking(
        booking_id=booking.id,
        revision=booking.revision,
        status=BookingStatus(booking.status.value),
        initiator=PartyRole(booking.initiator.value),
        meeting_type=MeetingType(
            id=booking.terms.meeting_type_id,
            title=booking.terms.title,
            duration_minutes=booking.terms.duration_minutes,
            conference=booking.terms.conference,
        ),
        hosts=tuple(
            BookedHost(
                host_id=host.host_id,
                name=host.name,
                address=host.address,
                timezone=host.timezone,
                locale=host.locale,
                calendar_id=host.calendar_id,
            )
            for host in booking.hosts
        ),
        guest=Guest(
            name=booking.guest.name,
            address=booking.guest.address,
            timezone=booking.guest.timezone,
            locale=booking.guest.locale,
        ),
        options=tuple(
            Option(id=o.id, uid=o.uid, start=o.slot.start, end=o.slot.end) for o in booking.options
        ),
        slot=_range(booking.slot),
        pending_slot=_range(booking.move.slot if booking.move else None),
        previous_slot=_range(booking.previous_slot),
        claims=_claims(booking),
        timezone=booking.timezone,
        uid=booking.uid,
        sequence=booking.sequence,
        title=booking.title,
        description=booking.description,
        location=booking.terms.location,
        conference_url=booking.conference_url,
        entry=_ENTRY_STATES[booking.known_entry],
        expires_at=booking.expires_at,
        cancellation=_cancellation(booking),
        refusal=_refusal(booking),
        alternatives=tuple(
            TimeRange(start=slot.start, end=slot.end) for slot in booking.alternatives
        ),
        reminders=booking.terms.reminders,
        notifier=Notifier.ENTENTE,
        changed_at=booking.changed_at,
    )


def _event(transition: Transition) -> Message | None:
    booking, fact = transition.after, transition.fact
    if fact is Fact.CONFLICT_DETECTED and transition.obstacle is not None:
        return conflict_detected(booking, transition.obstacle)
    event = _EVENTS.get(fact) if fact is not None else None
    if event is None:
        return None
    return event(tenant_id=booking.tenant_id, booking=public(booking))


def _slot_of(booking: Booking, entry: Entry) -> Slot:
    if entry.option_id is not None and not entry.is_meeting:
        return booking.option(entry.option_id).slot
    return booking.move.slot if booking.move is not None else booking.agreed


def _host_of(booking: Booking, entry: Entry) -> Party:
    hosts = (*booking.hosts, *(booking.move.hosts if booking.move else ()))
    host = next(host for host in hosts if host.host_id == entry.host_id)
    return Party(name=host.name, address=host.address)


def _makes_conference(booking: Booking, entry: Entry) -> bool:
    """One link is enough: the first host's calendar makes it."""
    first = (booking.move.hosts if booking.move else booking.hosts)[0]
    return booking.terms.conference and entry.is_meeting and entry.host_id == first.host_id


def _last_look(booking: Booking, entry: Entry, slot: Slot) -> LastLook | None:
    """Return what to look at before writing; a meeting that stands is written regardless."""
    undecided = booking.status is Status.CONFIRMING or booking.move is not None
    if not (undecided and entry.is_meeting and entry.looked_at):
        return None
    occupied = booking.terms.occupied(slot)
    return LastLook(calendar_ids=entry.looked_at, start=occupied.start, end=occupied.end)


def _claims(booking: Booking) -> tuple[Claim, ...]:
    return tuple(
        Claim(
            host_id=claim.host_id,
            state=ClaimState(claim.firmness.value),
            start=claim.slot.start,
            end=claim.slot.end,
            buffer_before_minutes=booking.terms.buffer_before_minutes,
            buffer_after_minutes=booking.terms.buffer_after_minutes,
        )
        for claim in claims_of(booking)
    )


def _range(slot: Slot | None) -> TimeRange | None:
    return None if slot is None else TimeRange(start=slot.start, end=slot.end)


def _cancellation(booking: Booking) -> Cancellation | None:
    made = booking.cancellation
    return None if made is None else Cancellation(by=CancelledBy(made.by.value), reason=made.reason)


def _refusal(booking: Booking) -> Refusal | None:
    made = booking.refusal
    if made is None:
        return None
    return Refusal(reason=RefusalReason(made.reason), calendar_id=made.calendar_id)
