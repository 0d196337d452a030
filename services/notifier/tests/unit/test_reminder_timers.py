from datetime import timedelta

import pytest
from entente_contracts import BookingStatus
from notifier.domain.reminders import keeps_timers, reminders_of, timers_of
from notifier.testing.lives import NOW, START, a_booking, span

pytestmark = pytest.mark.unit

CANCELLED = a_booking(status=BookingStatus.CANCELLED)
MOVED = a_booking(slot=span(START + timedelta(days=1)))


def test_reminders_that_lie_ahead_are_set() -> None:
    assert [timer.due_at for timer in timers_of(a_booking(), now=NOW)] == [
        START - timedelta(hours=1),
        START - timedelta(days=1),
    ]
    late = START - timedelta(hours=2)
    assert [timer.minutes_before for timer in timers_of(a_booking(), now=late)] == [60]


def test_nobody_is_reminded_of_what_does_not_take_place() -> None:
    assert timers_of(CANCELLED, now=NOW) == ()
    assert reminders_of(CANCELLED, 60, now=START - timedelta(hours=1)) == ()
    assert reminders_of(a_booking(), 60, now=START) == ()


def test_a_new_time_sets_them_anew() -> None:
    assert keeps_timers(a_booking(), a_booking(revision=3))
    assert not keeps_timers(a_booking(), MOVED)
    assert not keeps_timers(None, a_booking())
    assert not keeps_timers(a_booking(), CANCELLED)


def test_a_reminder_of_another_time_is_another_reminder() -> None:
    ids = {n.id for b in (a_booking(), MOVED) for n in reminders_of(b, 60, now=NOW)}
    assert len(ids) == 4
