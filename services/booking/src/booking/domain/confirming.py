"""Choosing a date: the claim firms up and the calendars are asked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
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
    entries = tuple(_entries(booking, option, routes, booking.revision + 1))
    after = booking.next(
        now, **choice(option, booking.hosts, entries, routes=routes, answer_by=answer_by)
    )
    return changed(booking, after, known_at_once(after))


def choice(
    option: Option,
    hosts: tuple[BookedHost, ...],
    entries: tuple[Entry, ...],
    *,
    routes: Mapping[UUID, Route],
    answer_by: datetime,
) -> dict[str, Any]:
    """Return what a booking is once a date is chosen and `entries` are commanded.

    Where no host has a calendar, nobody is asked: the meeting is recorded, and says why.
    """
    asked = any(entry.is_meeting for entry in entries)
    return {
        "status": Status.CONFIRMING if asked else Status.RECORDED_ONLY,
        "slot": option.slot,
        "uid": option.uid,
        "hosts": routed(hosts, routes),
        "entries": entries,
        "expires_at": None,
        "wake_at": answer_by if asked else None,
        "refusal": None if asked else Refusal(reason=NO_CALENDAR),
    }


def known_at_once(booking: Booking) -> Fact | None:
    """Return the fact of a date just chosen: what is only recorded need not be waited for."""
    return Fact.CONFIRMED if booking.status is Status.RECORDED_ONLY else None


def routed(hosts: tuple[BookedHost, ...], routes: Mapping[UUID, Route]) -> tuple[BookedHost, ...]:
    """Return the hosts with the calendars that receive their entries."""
    return tuple(
        replace(host, calendar_id=route.calendar_id if route else None)
        for host in hosts
        for route in [routes.get(host.host_id)]
    )


def in_calendars(
    hosts: tuple[BookedHost, ...], entries: tuple[Entry, ...]
) -> tuple[BookedHost, ...]:
    """Return the hosts with the calendars that hold their entries."""
    calendars = {entry.host_id: entry.calendar_id for entry in entries if entry.is_meeting}
    return tuple(replace(host, calendar_id=calendars.get(host.host_id)) for host in hosts)


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


def meeting_entries(
    hosts: tuple[BookedHost, ...], routes: Mapping[UUID, Route], uid: str, revision: int
) -> Iterator[Entry]:
    """Yield the meeting's entry for each host who has a calendar."""
    for host in hosts:
        route = routes.get(host.host_id)
        if route is not None:
            yield new_entry(host.host_id, route, uid, revision)


def _entries(
    booking: Booking, option: Option, routes: Mapping[UUID, Route], revision: int
) -> Iterator[Entry]:
    """Yield the meeting's entries, then the removal of tentative ones they do not replace.

    The chosen date's tentative entry becomes the meeting's: same calendar, same UID.
    """
    written: set[tuple[UUID, str]] = set()
    for entry in meeting_entries(booking.hosts, routes, option.uid, revision):
        yield entry
        written.add((entry.calendar_id, entry.uid))
    for entry in booking.entries:
        if entry.may_exist and (entry.calendar_id, entry.uid) not in written:
            yield entry.commanded(Wanted.ABSENT, revision)
