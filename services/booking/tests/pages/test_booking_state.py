"""What a party may do with a booking, in every status."""

from dataclasses import replace
from datetime import datetime

import pytest
from booking.domain.booking import Booking, Status
from booking.domain.parties import Role
from booking.domain.rescheduling import reschedule
from booking.entrypoints.pages.booking_state import BookingState
from booking.entrypoints.pages.calendar_file import calendar_file
from booking.testing.lives import (
    ANSWER_BY,
    EXPIRES,
    HOST_A,
    NOW,
    a_booking_in,
    in_proposed,
    route,
    slot_at,
)
from icalendar import Calendar

pytestmark = pytest.mark.unit

VERBS = ("can_choose", "can_cancel", "can_move", "can_save")


def state(booking: Booking, party: Role = Role.GUEST, now: datetime = NOW) -> BookingState:
    return BookingState(booking, party, now)


def verbs(seen: BookingState) -> set[str]:
    return {verb for verb in VERBS if getattr(seen, verb)}


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (Status.PROPOSED, {"can_cancel"}),
        (Status.CONFIRMING, {"can_cancel"}),
        (Status.CONFIRMED, {"can_cancel", "can_move", "can_save"}),
        (Status.RECORDED_ONLY, {"can_cancel", "can_move"}),
        (Status.CANCELLED, set[str]()),
        (Status.DECLINED, set[str]()),
        (Status.EXPIRED, set[str]()),
        (Status.SUPERSEDED, set[str]()),
    ],
)
def test_the_guest_who_proposed(status: Status, allowed: set[str]) -> None:
    assert verbs(state(a_booking_in(status))) == allowed


def test_the_host_chooses_among_the_guests_dates_until_they_expire() -> None:
    proposed = in_proposed()
    asked = state(proposed, Role.HOST)
    assert (asked.name, verbs(asked)) == ("to_choose", {"can_choose"})
    assert [slot for _, slot in asked.choices] == [option.slot for option in proposed.options]
    lapsed = state(proposed, Role.HOST, EXPIRES)
    assert (lapsed.name, verbs(lapsed)) == ("expired", set())


def test_a_meeting_on_its_way_is_not_moved_again_and_one_that_is_over_is_left_alone() -> None:
    confirmed = a_booking_in(Status.CONFIRMED)
    moving = reschedule(
        confirmed, slot_at(5), routes={HOST_A: route()}, answer_by=ANSWER_BY, now=NOW
    ).after
    assert (state(moving).name, verbs(state(moving))) == ("moving", {"can_cancel", "can_save"})
    over = state(confirmed, now=confirmed.agreed.end)
    assert (over.name, verbs(over)) == ("over", {"can_save"})


def test_the_file_is_the_invitations_entry() -> None:
    booking = replace(
        a_booking_in(Status.CONFIRMED),
        title="Call; with\r\nATTENDEE:mailto:x@y.z",
        description="a, b",
        conference_url="https://meet.example/x",
        sequence=3,
    )
    text = calendar_file(booking)
    calendar = Calendar.from_ical(text)
    (event,) = calendar.events
    assert (str(calendar["method"]), str(event["uid"])) == ("PUBLISH", booking.uid)
    assert (event["sequence"], event.start, event.end) == (
        3,
        booking.agreed.start,
        booking.agreed.end,
    )
    assert "attendee" not in event
    assert "organizer" not in event
    assert b"\r\nATTENDEE" not in text
