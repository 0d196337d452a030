"""Calendar parts as another implementation (vobject) reads them, and as the RFCs want them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject
from entente_contracts import BookingStatus, EntryState
from notifier.adapters.itip import icalendar_of
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact
from notifier.domain.invitation import Invitation, invitation_of
from notifier.domain.notices import Notice, Part
from notifier.domain.slot import Slot
from notifier.testing.gallery import gallery
from notifier.testing.lives import HALF_HOUR, NOW, START, a_booking, a_guest, span

pytestmark = pytest.mark.unit

ORGANIZER = "bookings@entente.example.org"


def written(notice: Notice) -> bytes:
    invitation = invitation_of(notice, stamp=NOW)
    assert invitation is not None
    return icalendar_of(invitation, organizer=ORGANIZER, organizer_name="Entente")


def read(content: bytes) -> Any:
    reader: Any = vobject  # untyped
    return reader.readOne(content.decode())


def story() -> dict[str, tuple[Notice, ...]]:
    """A booking's notices to host (calendar read-only) and guest, change by change."""
    first = a_booking(entry=EntryState.BY_MAIL)
    moved = a_booking(
        revision=3, sequence=1, entry=EntryState.BY_MAIL, slot=span(START + timedelta(days=1))
    )
    ended = a_booking(
        revision=4, sequence=2, status=BookingStatus.CANCELLED, slot=span(START + timedelta(days=1))
    )
    return {
        "confirmed": notices_of(Fact.CONFIRMED, first, before=None, writable={}),
        "moved": notices_of(Fact.RESCHEDULED, moved, before=first, writable={}),
        "ended": notices_of(Fact.CANCELLED, ended, before=moved, writable={}),
    }


@pytest.mark.parametrize("party", [0, 1], ids=["host", "guest"])
def test_one_uid_and_a_growing_sequence_over_a_life(party: int) -> None:
    events = [read(written(notices[party])) for notices in story().values()]
    assert [event.method.value for event in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {event.vevent.uid.value for event in events} == {"uid-1@example"}
    assert [int(event.vevent.sequence.value) for event in events] == [0, 1, 2]
    assert [event.vevent.status.value for event in events] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert events[1].vevent.dtstart.value == START + timedelta(days=1)
    assert events[1].vevent.dtend.value == START + timedelta(days=1) + HALF_HOUR


def test_an_owner_of_a_read_only_calendar_is_offered_an_answer() -> None:
    host, guest = story()["confirmed"]
    event = read(written(host)).vevent
    assert event.organizer.value == f"mailto:{ORGANIZER}"
    own, other = event.attendee_list
    assert own.value == "mailto:ana@example.org"
    assert own.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert own.params["RSVP"] == ["TRUE"]
    assert own.params["ROLE"] == ["CHAIR"]
    assert other.value == "mailto:elodie@example.com"
    assert other.params["CN"] == ["Élodie Martin"]
    own, other = read(written(guest)).vevent.attendee_list
    assert own.value == "mailto:elodie@example.com"
    assert own.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert (other.params["PARTSTAT"], other.params["RSVP"]) == (["ACCEPTED"], ["FALSE"])


def test_a_party_is_named_by_the_address_that_mails_are_sent_to() -> None:
    booking = a_booking(guest=a_guest(address="elodie@faß.example"))
    *_, to_guest = notices_of(Fact.CONFIRMED, booking, before=None, writable={})
    parties = {party.value for party in read(written(to_guest)).vevent.attendee_list}
    assert "mailto:elodie@xn--fa-hia.example" in parties


def test_a_copy_to_keep_asks_nobody() -> None:
    host, _ = notices_of(Fact.CONFIRMED, a_booking(), before=None, writable={})
    calendar = read(written(host))
    assert calendar.method.value == "PUBLISH"
    assert "attendee" not in calendar.vevent.contents


def test_an_uninvited_host_alone_is_cancelled() -> None:
    leaves = next(n for n in gallery("en") if n.text == "cancellation.left")
    event = read(written(leaves)).vevent
    assert [a.value for a in event.attendee_list] == ["mailto:ana@example.org"]
    assert "status" not in event.contents


def test_every_part_is_complete_folded_and_ends_its_lines() -> None:
    names = "ÄÖÜ日本語" * 30
    long = a_booking(
        title=names, guest=a_guest(name=names), description=f"{names}\n\n{names}; a, b\\c"
    )
    notices = [*gallery("en"), *notices_of(Fact.CONFIRMED, long, before=None, writable={})]
    for notice in notices:
        if notice.part is Part.NONE:
            continue
        content = written(notice)
        lines = content.split(b"\r\n")
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert max(len(line) for line in lines) <= 75
        assert lines[0] == b"BEGIN:VCALENDAR"
        calendar = read(content)
        event = calendar.vevent
        assert calendar.method.value == notice.part.value
        assert event.summary.value == notice.booking.title
        assert event.dtstamp.value == NOW
        assert event.dtstart.value.utcoffset() == timedelta(0)
        assert len(calendar.contents["vevent"]) == 1
        assert "duration" not in event.contents
    assert read(written(notices[-1])).vevent.description.value == f"{names}\n\n{names}; a, b\\c"


@pytest.mark.parametrize("month", [3, 10])
def test_a_time_around_a_change_of_clocks_is_written_in_utc(month: int) -> None:
    night = datetime(2026, month, 29 if month == 3 else 25, 0, 30, tzinfo=UTC)
    slot = Slot(night, night + timedelta(hours=2))
    booking = a_booking(slot=span(slot.start, timedelta(hours=2)))
    _, guest = notices_of(Fact.CONFIRMED, booking, before=None, writable={})
    event = read(written(guest)).vevent
    assert (event.dtstart.value, event.dtend.value) == (slot.start, slot.end)


def test_what_the_rfc_forbids_cannot_be_made() -> None:
    given: dict[str, Any] = {
        "uid": "1",
        "sequence": 0,
        "stamp": NOW,
        "slot": Slot(START, START + HALF_HOUR),
        "summary": "x",
        "attendees": (),
    }
    for method in (Part.REQUEST, Part.CANCEL, Part.NONE):
        with pytest.raises(ValueError, match=r"attendees|method"):
            Invitation(method=method, **given)
    with pytest.raises(ValueError, match="CANCEL"):
        Invitation(method=Part.PUBLISH, is_cancelled=True, **given)
