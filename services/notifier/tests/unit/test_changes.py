"""Which change is told to whom, in which words, with which iCalendar part."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from entente_contracts import BookingStatus, Cancellation, CancelledBy, EntryState, PartyRole
from entente_contracts import Notifier as Inviter
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact, Obstacle
from notifier.domain.notices import EntryForParty, Notice, Part
from notifier.domain.slot import Slot
from notifier.testing.lives import CALENDAR, HALF_HOUR, HOST, NOW, START, a_booking, a_host, span

pytestmark = pytest.mark.unit

PROPOSED: dict[str, Any] = {
    "revision": 1,
    "status": BookingStatus.PROPOSED,
    "slot": None,
    "entry": EntryState.NONE,
    "expires_at": NOW + timedelta(days=2),
}
OTHER_HOST = UUID("0190a1b2-0000-7000-8000-0000000000a2")
LATER = span(START + timedelta(days=1))


def told(fact: Fact, **more: Any) -> list[tuple[str, str, Part]]:
    """Return role, text and part of each notice."""
    return [(n.party.role.value, n.text, n.part) for n in notices(fact, **more)]


def notices(fact: Fact, **more: Any) -> tuple[Notice, ...]:
    given: dict[str, Any] = {"booking": a_booking(), "before": None, "writable": {}}
    return notices_of(fact, **given | more)


def test_who_did_not_propose_is_asked_to_choose() -> None:
    by_guest = a_booking(**PROPOSED)
    by_host = a_booking(**PROPOSED, initiator=PartyRole.HOST)
    assert told(Fact.PROPOSED, booking=by_guest) == [
        ("host", "proposal.choose", Part.NONE),
        ("guest", "proposal.sent", Part.NONE),
    ]
    assert told(Fact.PROPOSED, booking=by_host) == [
        ("host", "proposal.sent", Part.NONE),
        ("guest", "proposal.choose", Part.NONE),
    ]


@pytest.mark.parametrize(
    ("entry", "writable", "said", "part"),
    [
        (EntryState.WRITTEN, {}, EntryForParty.WRITTEN, Part.PUBLISH),
        (EntryState.PENDING, {CALENDAR: True}, EntryForParty.FOLLOWS, Part.PUBLISH),
        (EntryState.BY_MAIL, {}, EntryForParty.ACCEPT_MAIL, Part.REQUEST),
        (EntryState.PENDING, {CALENDAR: False}, EntryForParty.ACCEPT_MAIL, Part.REQUEST),
        (EntryState.FAILED, {}, EntryForParty.FAILED, Part.REQUEST),
        (EntryState.NONE, {}, EntryForParty.NONE, Part.NONE),
    ],
)
def test_a_host_is_told_the_truth_about_the_entry(
    entry: EntryState, writable: dict[UUID, bool], said: EntryForParty, part: Part
) -> None:
    host, guest = notices(Fact.CONFIRMED, booking=a_booking(entry=entry), writable=writable)
    assert (host.text, host.entry, host.part) == ("invitation", said, part)
    assert (guest.text, guest.entry, guest.part) == ("invitation", None, Part.REQUEST)


def test_of_several_hosts_each_is_told_of_the_own_calendar() -> None:
    feed = uuid4()
    hosts = (a_host(), a_host(OTHER_HOST, calendar_id=feed))
    booking = a_booking(hosts=hosts, entry=EntryState.BY_MAIL)
    writes, reads, _ = notices(
        Fact.CONFIRMED, booking=booking, writable={CALENDAR: True, feed: False}
    )
    assert (writes.entry, writes.part) == (EntryForParty.WRITTEN, Part.PUBLISH)
    assert (reads.entry, reads.part) == (EntryForParty.ACCEPT_MAIL, Part.REQUEST)


def test_a_meeting_that_is_only_recorded_comes_without_invitation() -> None:
    recorded = a_booking(status=BookingStatus.RECORDED_ONLY, entry=EntryState.NONE)
    assert told(Fact.CONFIRMED, booking=recorded) == [
        ("host", "recorded", Part.NONE),
        ("guest", "recorded", Part.NONE),
    ]


def test_a_link_that_comes_later_is_told_and_nothing_else_is() -> None:
    before = a_booking()
    with_link = a_booking(revision=3, sequence=1, conference_url="https://meet.example/x")
    assert [text for _, text, _ in told(Fact.CONFIRMED, booking=with_link, before=before)] == [
        "update.link",
        "update.link",
    ]
    same = a_booking(revision=3)
    assert told(Fact.CONFIRMED, booking=same, before=before) == []


@pytest.mark.parametrize(
    ("entry", "writable", "said"),
    [
        (EntryState.FAILED, {}, EntryForParty.FAILED),
        (EntryState.BY_MAIL, {}, EntryForParty.ACCEPT_MAIL),
        (EntryState.BY_MAIL, {CALENDAR: False}, EntryForParty.ACCEPT_MAIL),
    ],
)
def test_a_host_whose_entry_does_not_follow_gets_the_invitation(
    entry: EntryState, writable: dict[UUID, bool], said: EntryForParty
) -> None:
    before = a_booking(entry=EntryState.PENDING)
    told_now: dict[str, Any] = {"before": before, "writable": writable, "promised": {HOST}}
    (notice,) = notices(Fact.CONFIRMED, booking=a_booking(revision=3, entry=entry), **told_now)
    assert (notice.party.host_id, notice.text) == (HOST, "update.entry")
    assert (notice.entry, notice.part) == (said, Part.REQUEST)
    again = {**told_now, "promised": frozenset[UUID]()}
    assert notices(Fact.CONFIRMED, booking=a_booking(revision=4, entry=entry), **again) == ()


@pytest.mark.parametrize("entry", [EntryState.PENDING, EntryState.WRITTEN])
def test_nobody_hears_of_an_entry_that_follows_as_promised(entry: EntryState) -> None:
    before, after = a_booking(entry=EntryState.PENDING), a_booking(revision=3, entry=entry)
    assert told(Fact.CONFIRMED, booking=after, before=before, promised={HOST}) == []


def test_of_several_hosts_those_hear_who_were_promised_an_entry() -> None:
    feed = uuid4()
    hosts = (a_host(), a_host(OTHER_HOST, calendar_id=feed))
    before = a_booking(hosts=hosts, entry=EntryState.PENDING)
    given: dict[str, Any] = {"before": before, "writable": {feed: False}, "promised": {HOST}}
    failed = a_booking(hosts=hosts, revision=3, entry=EntryState.FAILED)
    by_mail = a_booking(hosts=hosts, revision=3, entry=EntryState.BY_MAIL)
    (notice,) = notices(Fact.CONFIRMED, booking=failed, **given)
    assert notice.party.host_id == HOST
    assert notices(Fact.CONFIRMED, booking=by_mail, **given) == (), "the other's is by mail"


def test_a_reschedule_names_the_time_it_left() -> None:
    moved = a_booking(revision=3, sequence=1, slot=LATER)
    host, guest = notices(Fact.RESCHEDULED, booking=moved, before=a_booking())
    assert {host.text, guest.text} == {"update.moved"}
    assert host.previous_slot == guest.previous_slot == Slot(START, START + HALF_HOUR)
    assert guest.part is Part.REQUEST


def test_a_new_host_is_invited_and_the_old_one_uninvited() -> None:
    changed = a_booking(
        revision=3, sequence=1, hosts=(a_host(OTHER_HOST, address="b@example.org"),)
    )
    joins, guest, leaves = notices(Fact.RESCHEDULED, booking=changed, before=a_booking())
    assert (joins.text, joins.party.host_id) == ("invitation", OTHER_HOST)
    assert (guest.text, guest.previous_slot) == ("update.hosts", None)
    assert (leaves.text, leaves.part) == ("cancellation.left", Part.CANCEL)


@pytest.mark.parametrize("by", list(CancelledBy))
def test_a_cancelled_meeting_is_taken_back_from_both(by: CancelledBy) -> None:
    cancelled = a_booking(
        revision=3, sequence=1, status=BookingStatus.CANCELLED, cancellation=Cancellation(by=by)
    )
    assert told(Fact.CANCELLED, booking=cancelled, before=a_booking()) == [
        ("host", "cancellation", Part.CANCEL),
        ("guest", "cancellation", Part.CANCEL),
    ]


def test_a_meeting_never_heard_of_is_taken_back_all_the_same() -> None:
    cancelled = a_booking(revision=3, sequence=1, status=BookingStatus.CANCELLED)
    assert {part for _, _, part in told(Fact.CANCELLED, booking=cancelled)} == {Part.CANCEL}


def test_a_withdrawn_proposal_takes_nothing_back() -> None:
    cancelled = a_booking(**PROPOSED | {"revision": 2, "status": BookingStatus.CANCELLED})
    assert told(Fact.CANCELLED, booking=cancelled, before=a_booking(**PROPOSED)) == [
        ("host", "withdrawal", Part.NONE),
        ("guest", "withdrawal", Part.NONE),
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"status": BookingStatus.DECLINED, "cancellation": Cancellation(by=CancelledBy.HOST)},
            "decline.turned_down",
        ),
        ({"status": BookingStatus.DECLINED}, "decline.taken"),
        ({"status": BookingStatus.SUPERSEDED}, "decline.superseded"),
        ({"status": BookingStatus.CONFIRMED}, "decline.move"),
    ],
)
def test_what_declined_means_depends_on_the_status(changes: dict[str, Any], text: str) -> None:
    after = a_booking(revision=3, sequence=2, **changes)
    before = a_booking(revision=2)
    assert told(Fact.DECLINED, booking=after, before=before) == [
        ("host", text, Part.NONE),
        ("guest", text, Part.NONE),
    ]


def test_of_a_date_lost_at_once_the_host_has_never_heard() -> None:
    lost = a_booking(status=BookingStatus.DECLINED)
    assert told(Fact.DECLINED, booking=lost) == [("guest", "decline.taken", Part.NONE)]


def test_both_hear_that_nobody_answered() -> None:
    expired = a_booking(**PROPOSED | {"revision": 2, "status": BookingStatus.EXPIRED})
    assert [role for role, _, _ in told(Fact.EXPIRED, booking=expired)] == ["host", "guest"]


def test_a_conflict_is_told_to_the_owner_of_the_calendar_alone() -> None:
    other = a_host(OTHER_HOST, calendar_id=uuid4())
    booking = a_booking(hosts=(a_host(), other))
    there = Obstacle(calendar_id=CALENDAR, slot=Slot(START, START + HALF_HOUR))
    elsewhere = Obstacle(
        calendar_id=CALENDAR, slot=Slot(START + 2 * HALF_HOUR, START + 3 * HALF_HOUR)
    )
    busy = notices(Fact.CONFLICT_DETECTED, booking=booking, before=booking, obstacle=there)
    moved = notices(Fact.CONFLICT_DETECTED, booking=booking, before=booking, obstacle=elsewhere)
    assert [(n.party.host_id, n.text) for n in busy] == [
        (booking.hosts[0].host_id, "conflict.busy")
    ]
    assert [n.text for n in moved] == ["conflict.moved_back"]
    assert busy[0].id != moved[0].id


def test_old_news_and_bookings_that_others_notify_of_are_told_to_nobody() -> None:
    assert told(Fact.CONFIRMED, before=a_booking(revision=2)) == []
    provider = a_booking(notifier=Inviter.PROVIDER)
    assert told(Fact.CONFIRMED, booking=provider) == []
    assert told(Fact.CONFIRMED, booking=a_booking(status=BookingStatus("paused"))) == []


def test_a_notice_has_one_identity() -> None:
    host, guest = notices(Fact.CONFIRMED)
    again, _ = notices(Fact.CONFIRMED)
    assert host.id == again.id != guest.id
