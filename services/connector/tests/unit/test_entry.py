"""An entry's commands: the last one counts, and each is answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from connector.domain.calendar import Fault
from connector.domain.entry import Entry, EntryCommand, EntryState
from connector.domain.entry_draft import EntryDraft, EntryStatus, LookBefore, Person
from connector.domain.entry_policy import EntryPolicy
from connector.domain.entry_writing import StandingEntry, WrittenEntry
from connector.domain.source import Resource

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOOK = LookBefore(calendar_ids=(UUID(int=3),), start=NOW, end=NOW + HOUR)
DRAFT = EntryDraft(
    booking_id=UUID(int=1),
    revision=1,
    uid="uid",
    sequence=0,
    status=EntryStatus.CONFIRMED,
    start=NOW + HOUR,
    end=NOW + 2 * HOUR,
    timezone="Europe/Paris",
    summary="Tea",
    organizer=Person(name="Anna", address="anna@example.com"),
    attendees=(),
)
COMMAND = EntryCommand(
    id=UUID(int=2),
    tenant_id="acme",
    calendar_id=UUID(int=3),
    booking_id=UUID(int=1),
    option_id=None,
    uid="uid",
    revision=1,
    sequence=0,
    draft=DRAFT,
    look=LOOK,
    give_up_at=DRAFT.end,
)
LEASED = Entry(command=COMMAND, lease=UUID(int=9), attempts=1, next_attempt_at=NOW + HOUR)


def test_what_is_written_stands_where_it_was_wanted() -> None:
    entry = LEASED.written(WrittenEntry(name="uid.ics", version='"1"'), NOW)
    assert (entry.state, entry.lease, entry.next_attempt_at) == (EntryState.WRITTEN, None, None)
    assert (entry.stands, entry.name, entry.version) == (DRAFT.window, "uid.ics", '"1"')
    assert entry.removed(NOW).stands is None


def test_a_refused_move_leaves_what_stood() -> None:
    written = LEASED.written(WrittenEntry(name="uid.ics"), NOW)
    later = replace(COMMAND, revision=2)
    refused = written.take(later, NOW).refused(NOW)
    assert (refused.stands, refused.name) == (DRAFT.window, "uid.ics")


def test_a_new_command_keeps_the_lease_of_the_attempt_under_way() -> None:
    taken = LEASED.take(replace(COMMAND, revision=2), NOW)
    assert (taken.lease, taken.generation, taken.attempts) == (LEASED.lease, 2, 0)
    assert taken.next_attempt_at == NOW
    assert taken.taken_up_again(NOW).lease is None


def test_the_same_command_again_changes_nothing() -> None:
    assert LEASED.restate(COMMAND, NOW) is LEASED
    removal = replace(COMMAND, draft=None, look=None)
    pending = Entry(command=removal)
    assert pending.restate(replace(removal, give_up_at=NOW + 9 * HOUR), NOW) is pending


def test_a_command_that_needs_no_look_any_more_is_due() -> None:
    restated = LEASED.restate(replace(COMMAND, look=None), NOW)
    assert (restated.next_attempt_at, restated.generation) == (NOW, 2)
    reworded = replace(COMMAND, draft=replace(DRAFT, summary="Coffee"))
    assert LEASED.restate(reworded, NOW).next_attempt_at == LEASED.next_attempt_at


def test_only_what_may_stand_unnoted_is_searched_for() -> None:
    assert not LEASED.was_tried
    assert replace(LEASED, attempts=2).was_tried
    assert LEASED.written(WrittenEntry(name="uid.ics"), NOW).was_tried


@pytest.mark.parametrize(
    ("revision", "sequence", "shows"),
    [(1, 0, True), (1, 3, True), (2, 0, True), (0, 9, False), (None, 9, False)],
)
def test_an_entry_shows_what_it_was_written_from(
    *, revision: int | None, sequence: int, shows: bool
) -> None:
    standing = StandingEntry(
        name="n",
        version=None,
        resource=Resource(content=b"x", media_type="text/calendar"),
        booking_id=None,
        revision=revision,
        sequence=sequence,
    )
    assert standing.shows(revision=1, sequence=0) is shows
    assert standing.outdates(revision=1) is (revision == 2)


def test_only_what_nobody_can_repair_is_final() -> None:
    policy = EntryPolicy()
    assert policy.is_lasting(Fault.PERMISSION)
    assert not policy.is_lasting(Fault.AUTHENTICATION)
    assert not policy.is_lasting(Fault.NETWORK)
    assert not policy.is_lasting(Fault.GONE)
    assert policy.degrades(Fault.AUTHENTICATION)
    assert not policy.degrades(Fault.GONE)
    waits = [policy.retry.wait(n, None, lambda: 0.5) for n in (1, 2, 30)]
    assert waits == [timedelta(seconds=1), timedelta(seconds=2), timedelta(minutes=15)]
    assert policy.retry.wait(1, timedelta(days=9), lambda: 0.5) == timedelta(days=1)


def test_refused_credentials_are_not_tried_again_in_a_hurry() -> None:
    policy = EntryPolicy()
    waits = [
        policy.wait(fault, attempts=1, retry_after=None, chance=lambda: 0.5)
        for fault in (Fault.AUTHENTICATION, Fault.NETWORK)
    ]
    assert waits == [timedelta(minutes=15), timedelta(seconds=1)]


def test_a_draft_has_a_length_and_aware_times() -> None:
    with pytest.raises(ValueError, match="ends after"):
        replace(DRAFT, end=DRAFT.start)
    with pytest.raises(ValueError, match="aware"):
        replace(DRAFT, start=datetime(2026, 3, 1))  # noqa: DTZ001 - what is refused
