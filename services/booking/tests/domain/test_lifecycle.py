"""The transition table, exhaustively: every verb in every status, legal and illegal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from booking.domain.answers import give_up, silence
from booking.domain.booking import Booking, Canceller, Fact, Refusal, Status, Transition
from booking.domain.claims import Firmness, claims_of
from booking.domain.confirming import confirm
from booking.domain.ending import cancel, decline, expire, supersede
from booking.domain.entry import Wanted
from booking.domain.errors import (
    AlreadyEndedError,
    BookingError,
    IllegalTransitionError,
    OwnProposalError,
    PastError,
    ProposalExpiredError,
    StaleRevisionError,
    UnknownOptionError,
)
from booking.domain.parties import Role
from booking.domain.rescheduling import reschedule
from booking.domain.slot import Slot
from booking.testing.lives import (
    ANSWER_BY,
    EXPIRES,
    HOST_A,
    NOW,
    OPTION_1,
    OPTION_2,
    UNKNOWN_ID,
    a_booking_in,
    answer,
    host,
    in_confirming,
    in_proposed,
    in_recorded_only,
    refuse,
    route,
    slot_at,
)

pytestmark = pytest.mark.unit

VERBS: dict[str, Callable[[Booking], Transition | None]] = {
    "confirm": lambda b: confirm(
        b, OPTION_1, by=Role.HOST, routes={HOST_A: route()}, answer_by=ANSWER_BY, now=NOW
    ),
    "decline": lambda b: decline(b, by=Role.HOST, now=NOW),
    "cancel": lambda b: cancel(b, by=Canceller.GUEST, now=NOW),
    "reschedule": lambda b: reschedule(
        b, slot_at(40), routes={HOST_A: route()}, answer_by=ANSWER_BY, now=NOW
    ),
    "expire": lambda b: expire(b, now=EXPIRES),
    "supersede": lambda b: supersede(b, Refusal(reason="busy_own"), now=NOW),
    "silence": lambda b: silence(b, now=ANSWER_BY),
    "give_up": lambda b: give_up(b, alternatives=(), now=NOW),
}

LEGAL: dict[tuple[Status, str], Status] = {
    (Status.PROPOSED, "confirm"): Status.CONFIRMING,
    (Status.PROPOSED, "decline"): Status.DECLINED,
    (Status.PROPOSED, "cancel"): Status.CANCELLED,
    (Status.PROPOSED, "expire"): Status.EXPIRED,
    (Status.PROPOSED, "supersede"): Status.SUPERSEDED,
    (Status.CONFIRMING, "cancel"): Status.CANCELLED,
    (Status.CONFIRMING, "silence"): Status.CONFIRMED,
    (Status.CONFIRMED, "cancel"): Status.CANCELLED,
    (Status.CONFIRMED, "reschedule"): Status.CONFIRMED,
    (Status.RECORDED_ONLY, "cancel"): Status.CANCELLED,
    (Status.RECORDED_ONLY, "reschedule"): Status.CONFIRMED,
}
PEOPLES_VERBS = ("confirm", "decline", "cancel", "reschedule")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", Status)
def test_every_verb_in_every_status(status: Status, verb: str) -> None:
    booking = a_booking_in(status)
    if (status, verb) in LEGAL:
        transition = VERBS[verb](booking)
        assert transition is not None
        assert transition.after.status is LEGAL[status, verb]
        assert transition.before is booking
        assert transition.after.revision == booking.revision + 1
    elif verb in PEOPLES_VERBS:
        with pytest.raises(IllegalTransitionError) as refused:
            VERBS[verb](booking)
        ended = status not in {
            Status.PROPOSED,
            Status.CONFIRMING,
            Status.CONFIRMED,
            Status.RECORDED_ONLY,
        }
        assert isinstance(refused.value, AlreadyEndedError) == ended
    else:
        assert VERBS[verb](booking) is None


def test_who_proposed_may_not_choose_or_decline() -> None:
    booking = in_proposed()
    with pytest.raises(OwnProposalError):
        confirm(booking, OPTION_1, by=Role.GUEST, routes={}, answer_by=ANSWER_BY, now=NOW)
    with pytest.raises(OwnProposalError):
        decline(booking, by=Role.GUEST, now=NOW)


@pytest.mark.parametrize(
    ("option_id", "now", "error"),
    [
        (UNKNOWN_ID, NOW, UnknownOptionError),
        (OPTION_1, EXPIRES, ProposalExpiredError),
        (OPTION_1, EXPIRES + timedelta(days=9), ProposalExpiredError),
    ],
)
def test_what_cannot_be_chosen(option_id: UUID, now: datetime, error: type[BookingError]) -> None:
    with pytest.raises(error):
        confirm(in_proposed(), option_id, by=Role.HOST, routes={}, answer_by=ANSWER_BY, now=now)


def test_a_date_in_the_past_cannot_be_chosen() -> None:
    booking = in_proposed(expires_at=NOW + timedelta(days=60))
    with pytest.raises(PastError):
        confirm(
            booking,
            OPTION_1,
            by=Role.HOST,
            routes={},
            answer_by=ANSWER_BY,
            now=booking.options[0].slot.start,
        )


def test_a_stale_revision_is_refused() -> None:
    with pytest.raises(StaleRevisionError):
        in_proposed().expect(7)


def test_choosing_firms_up_one_claim_and_releases_the_others() -> None:
    booking = in_proposed()
    assert {claim.firmness for claim in claims_of(booking)} == {Firmness.HELD}
    assert len(claims_of(booking)) == 2
    (claim,) = claims_of(in_confirming(OPTION_2))
    assert (claim.firmness, claim.slot) == (Firmness.BOOKED, booking.option(OPTION_2).slot)


def test_the_uid_is_the_chosen_options_and_stays() -> None:
    confirming = in_confirming(OPTION_2)
    assert confirming.uid == confirming.option(OPTION_2).uid
    confirmed = answer(confirming).after
    moving = VERBS["reschedule"](confirmed)
    assert moving is not None
    assert answer(moving.after).after.uid == confirming.uid


def test_tentative_entries_of_the_losers_are_removed_and_the_winners_kept() -> None:
    booking = in_proposed(holding=True)
    assert {entry.wanted for entry in booking.entries} == {Wanted.TENTATIVE}
    transition = VERBS["confirm"](booking)
    assert transition is not None
    wanted = {entry.uid: entry.wanted for entry in transition.commands}
    assert wanted == {
        booking.option(OPTION_1).uid: Wanted.CONFIRMED,
        booking.option(OPTION_2).uid: Wanted.ABSENT,
    }


def test_no_tentative_entry_where_the_calendar_takes_none() -> None:
    assert in_proposed(holding=False).entries == ()


def test_without_any_calendar_a_meeting_is_only_recorded_and_says_why() -> None:
    booking = in_recorded_only()
    assert booking.refusal == Refusal(reason="calendar_disconnected")
    assert booking.entries == ()
    assert len(claims_of(booking)) == 1


def test_a_refusal_is_turned_back_with_alternatives() -> None:
    refused = refuse(in_confirming(OPTION_1)).after
    assert refused.wake_at == NOW
    transition = give_up(refused, alternatives=(slot_at(99),), now=NOW)
    assert transition is not None
    assert transition.fact is Fact.DECLINED
    assert transition.after.alternatives == (slot_at(99),)
    assert claims_of(transition.after) == ()
    assert silence(refused, now=ANSWER_BY) is None


def test_a_reschedule_claims_old_and_new_until_the_entry_moved() -> None:
    confirmed = answer(in_confirming(OPTION_1)).after
    moving = VERBS["reschedule"](confirmed)
    assert moving is not None
    assert {claim.slot for claim in claims_of(moving.after)} == {confirmed.agreed, slot_at(40)}
    late = silence(moving.after, now=ANSWER_BY)
    assert late is not None
    assert late.fact is Fact.RESCHEDULED
    assert {claim.slot for claim in claims_of(late.after)} == {confirmed.agreed, slot_at(40)}
    settled = answer(late.after)
    assert settled.fact is Fact.CONFIRMED
    assert settled.after.sequence == late.after.sequence
    assert [claim.slot for claim in claims_of(settled.after)] == [slot_at(40)]


def test_a_refused_reschedule_leaves_the_meeting_where_it_was() -> None:
    confirmed = answer(in_confirming(OPTION_1)).after
    moving = VERBS["reschedule"](confirmed)
    assert moving is not None
    turned = give_up(refuse(moving.after).after, alternatives=(), now=NOW)
    assert turned is not None
    assert (turned.after.status, turned.after.slot) == (Status.CONFIRMED, confirmed.slot)
    assert turned.fact is Fact.DECLINED
    assert [claim.slot for claim in claims_of(turned.after)] == [confirmed.agreed]
    assert [entry.wanted for entry in turned.commands] == [Wanted.CONFIRMED]


def test_another_host_takes_over_in_one_saga() -> None:
    confirmed = answer(in_confirming(OPTION_1)).after
    other = host(UNKNOWN_ID)
    moving = reschedule(
        confirmed,
        slot_at(40),
        hosts=(other,),
        routes={UNKNOWN_ID: route()},
        answer_by=ANSWER_BY,
        now=NOW,
    )
    assert {claim.host_id for claim in claims_of(moving.after)} == {HOST_A, UNKNOWN_ID}
    done = answer(moving.after)
    assert [entry.wanted for entry in done.commands] == [Wanted.ABSENT]
    assert done.commands[0].host_id == HOST_A
    assert {claim.host_id for claim in claims_of(done.after)} == {UNKNOWN_ID}


def test_a_host_who_leaves_keeps_no_time_for_an_entry_that_was_never_answered() -> None:
    unanswered = silence(in_confirming(OPTION_1), now=ANSWER_BY)
    assert unanswered is not None
    moving = reschedule(
        unanswered.after,
        slot_at(40),
        hosts=(host(UNKNOWN_ID),),
        routes={UNKNOWN_ID: route(by_mail=True)},
        answer_by=ANSWER_BY,
        now=NOW,
    )
    done = silence(moving.after, now=ANSWER_BY)
    assert done is not None
    assert done.fact is Fact.RESCHEDULED
    assert {(claim.host_id, claim.slot) for claim in claims_of(done.after)} == {
        (UNKNOWN_ID, slot_at(40))
    }


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.RECORDED_ONLY])
@pytest.mark.parametrize("verb", [cancel, reschedule])
def test_a_meeting_that_has_taken_place_stays_as_it_was(
    status: Status, verb: Callable[..., Transition]
) -> None:
    booking = a_booking_in(status)
    more: dict[str, Any] = (
        {"by": Canceller.GUEST}
        if verb is cancel
        else {"slot": slot_at(40), "routes": {}, "answer_by": ANSWER_BY}
    )
    with pytest.raises(PastError):
        verb(booking, now=booking.agreed.end, **more)
    assert verb(booking, now=booking.agreed.end - timedelta(seconds=1), **more)


def test_a_meeting_on_its_way_to_a_later_time_is_not_over() -> None:
    moving = VERBS["reschedule"](answer(in_confirming(OPTION_1)).after)
    assert moving is not None
    after_the_old_time = moving.after.agreed.end
    assert cancel(moving.after, by=Canceller.GUEST, now=after_the_old_time)
    assert not moving.after.is_over(after_the_old_time)
    assert moving.after.is_over(slot_at(40).end)


def test_adjacent_slots_do_not_overlap() -> None:
    first = slot_at(1)
    assert not first.overlaps(Slot(first.end, first.end + timedelta(minutes=1)))
