"""Choosing a date: the claim firms up and the calendars are asked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from booking.domain.booking import Booking, Fact, Option, Refusal, Status, Transition, changed
from booking.domain.calendar import Route
from booking.domain.entry import Entry, Wanted
from booking.domain.errors import OwnProposalError, PastError, ProposalExpiredError
from booking.domain.parties import BookedHost, Role

NO_CALENDAR = "calendar_disconnected"
"""Why a meeting is only recorded."""


def confirm(
    booking: Booking,
    option_id: UUID,
    *,
    by: Role,
    routes: Mapping[UUID, Route],
    answer_by: datetime,
    now: datetime,
) -> Transition:
    """Choose one of the proposed dates.

    Until `answer_by` the calendars may refuse it. Who proposed the dates may not choose
    (OwnProposalError); expiry is checked here as well as by the timer (ProposalExpiredError).
    """
    booking.require("confirm", Status.PROPOSED)
    if by is booking.initiator:
        raise OwnProposalError(f"the {by} proposed these dates")
    if booking.expires_at is not None and now >= booking.expires_at:
        raise ProposalExpiredError("the proposed dates are not held any more")
    option = booking.option(option_id)
    if option.slot.start <= now:
        raise PastError("the chosen date lies in the past")
    after, fact = begin_confirming(
        booking.next(now),
        option,
        routes=routes,
        answer_by=answer_by,
        revision=booking.revision + 1,
    )
    return changed(booking, after, fact)


def begin_confirming(
    booking: Booking,
    option: Option,
    *,
    routes: Mapping[UUID, Route],
    answer_by: datetime,
    revision: int,
) -> tuple[Booking, Fact | None]:
    """Return the booking with the date chosen, as `revision`, and what is known at once.

    Where no host has a calendar, nobody is asked: the meeting is recorded, and says why.
    """
    entries = tuple(_entries(booking, option, routes, revision))
    asked = any(entry.is_meeting for entry in entries)
    after = replace(
        booking,
        status=Status.CONFIRMING if asked else Status.RECORDED_ONLY,
        slot=option.slot,
        uid=option.uid,
        hosts=routed(booking.hosts, routes),
        entries=entries,
        expires_at=None,
        wake_at=answer_by if asked else None,
        refusal=None if asked else Refusal(reason=NO_CALENDAR),
    )
    return after, None if asked else Fact.CONFIRMED


def routed(hosts: tuple[BookedHost, ...], routes: Mapping[UUID, Route]) -> tuple[BookedHost, ...]:
    """Return the hosts with the calendars that receive their entries."""
    return tuple(
        replace(host, calendar_id=route.calendar_id if route else None)
        for host in hosts
        for route in [routes.get(host.host_id)]
    )


def new_entry(host_id: UUID, route: Route, uid: str, revision: int) -> Entry:
    """Return the meeting's entry for a host, commanded at `revision`."""
    return Entry(
        host_id=host_id,
        calendar_id=route.calendar_id,
        uid=uid,
        by_mail=route.by_mail,
        looked_at=route.looked_at,
        wanted=Wanted.CONFIRMED,
        revision=revision,
    )


def _entries(
    booking: Booking, option: Option, routes: Mapping[UUID, Route], revision: int
) -> Iterator[Entry]:
    """Yield the meeting's entries, then the removal of tentative ones they do not replace.

    The chosen date's tentative entry becomes the meeting's: same calendar, same UID.
    """
    written: set[tuple[UUID, str]] = set()
    for host in booking.hosts:
        route = routes.get(host.host_id)
        if route is not None:
            yield new_entry(host.host_id, route, option.uid, revision)
            written.add((route.calendar_id, option.uid))
    for entry in booking.entries:
        if entry.may_exist and (entry.calendar_id, entry.uid) not in written:
            yield entry.commanded(Wanted.ABSENT, revision)
