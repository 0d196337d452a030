"""Which change of a booking is told to whom."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from notifier.domain.booking import Booking, Canceller, EntryState, Status
from notifier.domain.facts import Fact, Obstacle
from notifier.domain.notices import EntryForParty, Kind, Notice, Part
from notifier.domain.parties import Party, Role

Writable = Mapping[UUID, bool]
"""Whether a calendar can be written; one that is not named is taken for writable."""


def notices_of(
    fact: Fact,
    booking: Booking,
    *,
    before: Booking | None,
    writable: Writable,
    promised: Collection[UUID] = frozenset(),
    obstacle: Obstacle | None = None,
) -> tuple[Notice, ...]:
    """Return what the parties are told of a change, at most one notice each.

    `before` is the booking as last heard of, None for a new one; `promised` are the hosts who were
    told last that their entry follows by itself. An event that changes nothing the parties care
    about yields nothing; nor does a booking whose provider notifies, or one in a state that this
    version does not know.
    """
    if not booking.mailed_by_us or booking.status is Status.OTHER:
        return ()
    if _is_old_news(fact, booking, before):
        return ()
    match fact:
        case Fact.PROPOSED:
            notices = _proposed(booking)
        case Fact.CONFIRMED:
            notices = _confirmed(booking, before, writable, promised)
        case Fact.RESCHEDULED:
            notices = _rescheduled(booking, before, writable)
        case Fact.CANCELLED:
            notices = _cancelled(booking, before)
        case Fact.DECLINED:
            notices = _declined(booking, before)
        case Fact.EXPIRED:
            notices = _expired(booking)
        case Fact.CONFLICT_DETECTED:
            notices = _conflict(booking, obstacle)
    return tuple(notices)


def entry_for(host: Party, booking: Booking, writable: Writable) -> EntryForParty:
    """Return what is true of a host's entry.

    The booking tells one state for all its hosts; the calendars tell who has to be mailed.
    """
    if host.calendar_id is None or booking.status is Status.RECORDED_ONLY:
        return EntryForParty.NONE
    alone = len(booking.hosts) == 1
    if not writable.get(host.calendar_id, True) or (alone and booking.entry is EntryState.BY_MAIL):
        return EntryForParty.ACCEPT_MAIL
    match booking.entry:
        case EntryState.PENDING:
            return EntryForParty.FOLLOWS
        case EntryState.FAILED:
            return EntryForParty.FAILED
        case EntryState.NONE:
            return EntryForParty.NONE
        case _:
            return EntryForParty.WRITTEN


def part_for(booking: Booking, entry: EntryForParty | None) -> Part:
    """Return the iCalendar part of a meeting that stands; `entry` is None for the guest."""
    if booking.status is Status.RECORDED_ONLY:
        return Part.NONE
    match entry:
        case None | EntryForParty.ACCEPT_MAIL | EntryForParty.FAILED:
            return Part.REQUEST
        case EntryForParty.WRITTEN | EntryForParty.FOLLOWS:
            return Part.PUBLISH
        case EntryForParty.NONE:
            return Part.NONE


def _is_old_news(fact: Fact, booking: Booking, before: Booking | None) -> bool:
    """Tell whether a change is known; a conflict comes at the revision it was found at."""
    if before is None:
        return False
    if fact is Fact.CONFLICT_DETECTED:
        return booking.revision < before.revision
    return booking.revision <= before.revision


def _proposed(booking: Booking) -> Iterator[Notice]:
    for party in booking.parties:
        is_initiator = (party.role is Role.HOST) is booking.initiator_is_host
        text = "proposal.sent" if is_initiator else "proposal.choose"
        yield Notice(kind=Kind.PROPOSAL, text=text, party=party, booking=booking)


def _confirmed(
    booking: Booking, before: Booking | None, writable: Writable, promised: Collection[UUID]
) -> Iterator[Notice]:
    if before is None or not before.stands:
        for party in booking.parties:
            yield _meeting(booking, party, Kind.INVITATION, _first_text(booking), writable)
    elif booking.conference_url != before.conference_url:
        for party in booking.parties:
            yield _meeting(booking, party, Kind.UPDATE, "update.link", writable)
    else:
        for host in booking.hosts:
            update = _meeting(booking, host, Kind.UPDATE, "update.entry", writable)
            # The entry that was to follow does not: the invitation is the way to get it.
            if host.host_id in promised and update.part is Part.REQUEST:
                yield update


def _rescheduled(booking: Booking, before: Booking | None, writable: Writable) -> Iterator[Notice]:
    told = before if before is not None and before.stands else None
    left_time = told.slot if told else booking.previous_slot
    has_moved = left_time is not None and left_time != booking.slot
    text = "update.moved" if has_moved else "update.hosts"
    known = {party.key for party in told.parties} if told else None
    for party in booking.parties:
        if known is not None and party.key not in known:
            yield _meeting(booking, party, Kind.INVITATION, _first_text(booking), writable)
        else:
            update = _meeting(booking, party, Kind.UPDATE, text, writable)
            yield replace(update, previous_slot=left_time if has_moved else None)
    if told is not None:
        yield from _uninvited(told, booking)


def _uninvited(told: Booking, booking: Booking) -> Iterator[Notice]:
    """Yield what those hosts are told who no longer take part."""
    staying = {party.key for party in booking.parties}
    for host in told.hosts:
        if host.key not in staying:
            yield Notice(
                kind=Kind.CANCELLATION,
                text="cancellation.left",
                party=host,
                booking=booking,
                part=Part.CANCEL if told.status is Status.CONFIRMED else Part.NONE,
                previous_slot=told.slot,
            )


def _cancelled(booking: Booking, before: Booking | None) -> Iterator[Notice]:
    # What the parties have of a booking never heard of is not known; a CANCEL too many is harmless.
    stood = before.stands if before else booking.slot is not None
    had_invitation = before.status is Status.CONFIRMED if before else stood
    for party in booking.parties:
        yield Notice(
            kind=Kind.CANCELLATION,
            text="cancellation" if stood else "withdrawal",
            party=party,
            booking=booking,
            part=Part.CANCEL if had_invitation else Part.NONE,
        )


def _declined(booking: Booking, before: Booking | None) -> Iterator[Notice]:
    if booking.stands:
        text = "decline.move"
    elif booking.status is Status.SUPERSEDED:
        text = "decline.superseded"
    elif booking.cancelled_by in (Canceller.HOST, Canceller.GUEST):
        text = "decline.turned_down"
    else:
        text = "decline.taken"
    for party in booking.parties:
        # Of a date chosen on the spot and lost at once, the hosts have never heard.
        if before is not None or party.role is Role.GUEST:
            yield Notice(kind=Kind.DECLINE, text=text, party=party, booking=booking)


def _expired(booking: Booking) -> Iterator[Notice]:
    for party in booking.parties:
        yield Notice(kind=Kind.EXPIRY, text="expiry", party=party, booking=booking)


def _conflict(booking: Booking, obstacle: Obstacle | None) -> Iterator[Notice]:
    if obstacle is None:
        return
    owners = [h for h in booking.hosts if h.calendar_id == obstacle.calendar_id]
    in_the_way = booking.slot is not None and obstacle.slot.overlaps(booking.slot)
    for host in owners or booking.hosts:
        yield Notice(
            kind=Kind.CONFLICT,
            text="conflict.busy" if in_the_way else "conflict.moved_back",
            party=host,
            booking=booking,
            occasion=f"{obstacle.calendar_id}@{obstacle.slot.start:%Y%m%dT%H%M%SZ}",
            elsewhere=obstacle.slot,
        )


def _meeting(booking: Booking, party: Party, kind: Kind, text: str, writable: Writable) -> Notice:
    entry = _entry(booking, party, writable)
    part = part_for(booking, entry)
    return Notice(kind=kind, text=text, party=party, booking=booking, part=part, entry=entry)


def _entry(booking: Booking, party: Party, writable: Writable) -> EntryForParty | None:
    return entry_for(party, booking, writable) if party.role is Role.HOST else None


def _first_text(booking: Booking) -> str:
    return "recorded" if booking.status is Status.RECORDED_ONLY else "invitation"
