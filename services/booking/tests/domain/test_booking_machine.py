"""Random lives of a booking with two hosts: what must hold at every moment of each."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from booking.domain.answers import (
    entry_failed,
    entry_refused,
    entry_removed,
    entry_written,
    give_up,
    is_turning_back,
    silence,
)
from booking.domain.booking import (
    ENDED,
    STANDING,
    Booking,
    Canceller,
    Refusal,
    Status,
    Transition,
)
from booking.domain.calendar import Route
from booking.domain.claims import claims_of
from booking.domain.confirming import confirm
from booking.domain.ending import cancel, decline, expire
from booking.domain.entry import Entry, Known, Wanted
from booking.domain.errors import BookingError
from booking.domain.parties import BookedHost, Role
from booking.domain.proposing import propose
from booking.domain.rescheduling import moved_in_calendar, reschedule
from booking.testing.lives import (
    ANSWER_BY,
    EXPIRES,
    HOST_A,
    NOW,
    OPTION_1,
    OPTION_2,
    a_proposal,
    host,
    route,
    slot_at,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

pytestmark = pytest.mark.unit

HOST_B, HOST_C = UUID(int=4), UUID(int=5)
ROUTES = {
    HOST_A: route(),
    HOST_B: route(UUID(int=6), by_mail=True, holds=False),
    HOST_C: route(UUID(int=7)),
}
RECONNECTED = ROUTES | {HOST_A: route(UUID(int=8))}
WEEKS_LATER = NOW + timedelta(weeks=8)


class BookingLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        proposal = a_proposal(UUID(int=1), host(HOST_A), host(HOST_B))
        self.booking: Booking = propose(proposal, routes=ROUTES, expires_at=EXPIRES, now=NOW).after
        self.announced = self.booking
        self.uid: str | None = None
        self.observations: datetime = NOW

    def follow(self, transition: Transition | None) -> None:
        if transition is None:
            return
        before, after = self.booking, transition.after
        assert transition.before is before
        assert after.revision == before.revision + 1
        assert after.sequence >= before.sequence
        assert before.status not in ENDED or not claims_of(after)
        for entry in transition.commands:
            assert entry.known is Known.PENDING
        self.booking = after
        if transition.fact is not None:
            self.announced = after

    def attempt(self, verb: Callable[[], Transition | None]) -> None:
        with suppress(BookingError):
            self.follow(verb())

    @rule(option=st.sampled_from([OPTION_1, OPTION_2]), by=st.sampled_from(Role))
    def confirm(self, option: UUID, by: Role) -> None:
        self.attempt(
            lambda: confirm(
                self.booking, option, by=by, routes=ROUTES, answer_by=ANSWER_BY, now=NOW
            )
        )

    @rule(by=st.sampled_from(Role))
    def decline(self, by: Role) -> None:
        self.attempt(lambda: decline(self.booking, by=by, now=NOW))

    @rule(by=st.sampled_from(Canceller))
    def cancel(self, by: Canceller) -> None:
        self.attempt(lambda: cancel(self.booking, by=by, now=NOW))

    @rule(
        hours=st.integers(1, 60),
        hosts=st.sampled_from(
            [
                None,
                (host(HOST_B),),
                (host(HOST_C),),
                (host(HOST_A), host(HOST_C)),
                (host(HOST_B), host(HOST_B)),
            ]
        ),
        routes=st.sampled_from([ROUTES, RECONNECTED]),
    )
    def reschedule(
        self, hours: int, hosts: tuple[BookedHost, ...] | None, routes: Mapping[UUID, Route]
    ) -> None:
        self.attempt(
            lambda: reschedule(
                self.booking,
                slot_at(hours),
                hosts=hosts,
                routes=routes,
                answer_by=ANSWER_BY,
                now=NOW,
            )
        )

    @precondition(lambda self: bool(self.booking.entries))
    @rule(data=st.data(), by_mail=st.booleans())
    def written(self, data: st.DataObject, *, by_mail: bool) -> None:
        entry = self._entry(data)
        self.follow(
            entry_written(
                self.booking,
                entry.command_id(self.booking.id),
                by_mail=by_mail,
                conference_url="https://meet.example/x",
                now=NOW,
            )
        )

    @precondition(lambda self: bool(self.booking.entries))
    @rule(data=st.data())
    def refused(self, data: st.DataObject) -> None:
        entry = self._entry(data)
        self.follow(
            entry_refused(
                self.booking,
                entry.command_id(self.booking.id),
                refusal=Refusal(reason="busy_external"),
                obstacle=None,
                now=NOW,
            )
        )

    @precondition(lambda self: bool(self.booking.entries))
    @rule(data=st.data())
    def failed(self, data: st.DataObject) -> None:
        command = self._entry(data).command_id(self.booking.id)
        self.follow(entry_failed(self.booking, command, now=NOW))

    @precondition(lambda self: bool(self.booking.entries))
    @rule(data=st.data())
    def removed(self, data: st.DataObject) -> None:
        entry = self._entry(data)
        if entry.wanted is Wanted.ABSENT:
            command = entry.command_id(self.booking.id)
            self.follow(entry_removed(self.booking, command, now=NOW))

    @precondition(lambda self: bool(self.booking.entries))
    @rule(data=st.data(), hours=st.integers(1, 60))
    def moved_by_hand(self, data: st.DataObject, hours: int) -> None:
        self.observations += timedelta(seconds=1)
        self.follow(
            moved_in_calendar(
                self.booking,
                self._entry(data),
                slot_at(hours),
                observed_at=self.observations,
                now=NOW,
            )
        )

    @rule(now=st.sampled_from([ANSWER_BY, WEEKS_LATER]))
    def wait(self, now: datetime) -> None:
        if is_turning_back(self.booking):
            self.follow(give_up(self.booking, alternatives=(), now=NOW))
        elif self.booking.status is Status.PROPOSED:
            self.follow(expire(self.booking, now=EXPIRES))
        else:
            self.follow(silence(self.booking, now=now))

    @invariant()
    def the_uid_is_constant_once_a_date_is_chosen(self) -> None:
        if self.booking.status is Status.PROPOSED:
            return
        if self.uid is None and self.booking.slot is not None:
            self.uid = self.booking.uid
        assert self.uid in (None, self.booking.uid)

    @invariant()
    def an_ended_booking_claims_nothing_and_wants_no_entry(self) -> None:
        if self.booking.status in ENDED:
            assert claims_of(self.booking) == ()
            assert not any(
                entry.wanted is not Wanted.ABSENT and entry.known is not Known.GONE
                for entry in self.booking.entries
            )
            assert self.booking.wake_at is None

    @invariant()
    def whoever_is_waited_for_there_is_an_alarm(self) -> None:
        if self.booking.status in {Status.PROPOSED, Status.CONFIRMING} or self.booking.move:
            assert self.booking.wake_at is not None

    @invariant()
    def every_host_of_a_meeting_has_its_time(self) -> None:
        if self.booking.status in {Status.CONFIRMING, Status.CONFIRMED}:
            claimed = {(claim.host_id, claim.slot) for claim in claims_of(self.booking)}
            for booked in self.booking.hosts:
                assert (booked.host_id, self.booking.agreed) in claimed

    @invariant()
    def what_is_claimed_at_rest_was_announced(self) -> None:
        if self.booking.status in STANDING | ENDED and self.booking.move is None:
            assert claims_of(self.announced) == claims_of(self.booking)

    @invariant()
    def a_time_that_was_left_is_claimed_only_while_a_calendar_is_waited_for(self) -> None:
        if self.booking.vacated and self.booking.move is None:
            assert self.booking.awaits_entries
            assert self.booking.wake_at is not None

    @invariant()
    def every_host_has_one_entry_and_is_announced_with_its_calendar(self) -> None:
        if self.booking.status is not Status.CONFIRMED:
            return
        going = self.booking.move or self.booking
        meeting = [entry for entry in self.booking.entries if entry.is_meeting]
        for booked in going.hosts:
            assert [e.calendar_id for e in meeting if e.host_id == booked.host_id] == [
                booked.calendar_id
            ]

    @invariant()
    def tentative_entries_only_where_calendars_take_them(self) -> None:
        for entry in self.booking.entries:
            if entry.wanted is Wanted.TENTATIVE:
                assert ROUTES[entry.host_id].holds

    def _entry(self, data: st.DataObject) -> Entry:
        return data.draw(st.sampled_from(self.booking.entries))


TestBookingLife = BookingLife.TestCase
TestBookingLife.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
