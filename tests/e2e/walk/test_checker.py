"""The checker finds what does not agree, wherever it is said wrongly."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from entente_contracts import BookingConfirmed, BookingEvent, BookingRescheduled
from walk.checker import differences, report
from walk.facts import CalendarEntry, Claim, Facts, Invitation, Mail, Notice, Row, Told
from walk.history import Asked

pytestmark = pytest.mark.unit

BOOKING, HOST, CALENDAR, KIND = (UUID(int=n) for n in range(1, 5))
NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
HALF_HOUR, QUARTER = timedelta(minutes=30), timedelta(minutes=15)
OLD, NEW = (NINE, NINE + HALF_HOUR), (NINE + 4 * HALF_HOUR, NINE + 5 * HALF_HOUR)
TAKEN = (NEW[0], NEW[1] + QUARTER)
UID = "meeting@entente.invalid"
GUEST, PARTIES = "guest@example.net", (f"host:{HOST}", "guest")
ROW = Row(
    id=BOOKING,
    status="confirmed",
    revision=4,
    sequence=1,
    uid=UID,
    guest=GUEST,
    hosts=(HOST,),
    dates=((UID, OLD),),
    slot=NEW,
    holds=True,
    before=timedelta(),
    after=QUARTER,
)


def event(
    kind: type[BookingEvent], revision: int, sequence: int, span: tuple[datetime, datetime]
) -> Told:
    person = {"name": "Somebody", "timezone": "UTC", "locale": "en"}
    slot, old = ({"start": start, "end": end} for start, end in (span, OLD))
    claim = {**slot, "host_id": HOST, "state": "booked", "buffer_after_minutes": 15}
    booking = {
        "booking_id": BOOKING,
        "revision": revision,
        "status": "confirmed",
        "initiator": "guest",
        "meeting_type": {"id": KIND, "title": "Talk", "duration_minutes": 30},
        "hosts": [
            {**person, "host_id": HOST, "address": "ada@example.org", "calendar_id": CALENDAR}
        ],
        "guest": {**person, "address": GUEST},
        "slot": slot,
        "previous_slot": None if kind is BookingConfirmed else old,
        "claims": [claim],
        "timezone": "UTC",
        "uid": UID,
        "sequence": sequence,
        "title": "Talk",
        "entry": "written",
        "notifier": "entente",
        "changed_at": NINE,
    }
    document = json.dumps({"tenant_id": "walkers", "booking": booking}, default=as_text)
    return Told(NINE, kind.model_validate_json(document))


def as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def told_and_mailed(
    revision: int, sequence: int, kind: str, span: tuple[datetime, datetime]
) -> tuple[list[Notice], list[Mail]]:
    notices = [
        Notice(
            booking=BOOKING,
            revision=revision,
            party=party,
            kind=kind,
            id=UUID(int=100 * revision + number),
            message_id=f"<{revision}-{party}>",
            outcome="sent",
        )
        for number, party in enumerate(PARTIES)
    ]
    part = Invitation("REQUEST", UID, sequence, span)
    mails = [
        Mail(
            at=NINE + timedelta(minutes=revision),
            message_id=notice.message_id,
            recipient=notice.party,
            digest=notice.message_id,
            invitation=part,
        )
        for notice in notices
    ]
    return notices, mails


FIRST_NOTICES, FIRST_MAILS = told_and_mailed(2, 0, "invitation", OLD)
LAST_NOTICES, LAST_MAILS = told_and_mailed(4, 1, "update", NEW)
NOTICES, MAILS = [*FIRST_NOTICES, *LAST_NOTICES], [*FIRST_MAILS, *LAST_MAILS]
CONFIRMED, MOVED = event(BookingConfirmed, 2, 0, OLD), event(BookingRescheduled, 4, 1, NEW)
CLAIM = Claim(BOOKING, HOST, (TAKEN,))
ENTRY = CalendarEntry(
    host=HOST, calendar=CALENDAR, uid=UID, booking=BOOKING, span=NEW, status="CONFIRMED"
)
FACTS = Facts(
    rows={BOOKING: ROW},
    claims=[CLAIM],
    told={BOOKING: [CONFIRMED, MOVED]},
    writable={CALENDAR: HOST},
    entries=[ENTRY],
    foreign={},
    mails=MAILS,
    notices=NOTICES,
    ledger=NOTICES,
    busy={HOST: [(*TAKEN, "busy")]},
    asked=[Asked(GUEST, str(BOOKING), "confirming")],
)

Spoil = Callable[[Facts], Facts]


def rival(_: Facts) -> Row:
    return replace(ROW, id=UUID(int=9), guest="rival@example.net")


SPOILT: dict[str, tuple[str, Spoil]] = {
    "a claim is gone": ("the booking takes", lambda f: replace(f, claims=[])),
    "a claim has no buffer": (
        "the booking takes",
        lambda f: replace(f, claims=[Claim(BOOKING, HOST, (NEW,))]),
    ),
    "a claim of nobody": (
        "the booking takes nothing",
        lambda f: replace(f, claims=[CLAIM, Claim(UUID(int=8), HOST, (OLD,))]),
    ),
    "two at one time": (
        "is booked twice",
        lambda f: replace(f, rows={**f.rows, UUID(int=9): rival(f)}),
    ),
    "an entry is gone": ("lacks", lambda f: replace(f, entries=[])),
    "an entry at the old time": (
        "which nothing calls for",
        lambda f: replace(f, entries=[replace(ENTRY, span=OLD)]),
    ),
    "an entry twice": ("2 times", lambda f: replace(f, entries=[ENTRY, ENTRY])),
    "an orphan": (
        "which nothing calls for",
        lambda f: replace(f, entries=[ENTRY, replace(ENTRY, booking=UUID(int=8))]),
    ),
    "the last event is lost": (
        "the last event",
        lambda f: replace(f, told={BOOKING: [CONFIRMED]}),
    ),
    "an event in between is lost": (
        "an event is missing",
        lambda f: replace(f, told={BOOKING: [event(BookingConfirmed, 2, 0, NEW), MOVED]}),
    ),
    "events out of order": (
        "was published after",
        lambda f: replace(f, told={BOOKING: [MOVED, CONFIRMED]}),
    ),
    "a move with the SEQUENCE of before": (
        "with the SEQUENCE of what it changes",
        lambda f: replace(f, told={BOOKING: [event(BookingConfirmed, 2, 1, OLD), MOVED]}),
    ),
    "a mail was never accepted": ("no mail was accepted", lambda f: replace(f, mails=MAILS[:-1])),
    "a mail twice": ("accepted 2 times", lambda f: replace(f, mails=[*MAILS, MAILS[-1]])),
    "a mail twice with other words": (
        "mails that differ",
        lambda f: replace(f, mails=[*MAILS, replace(MAILS[-1], digest="other")]),
    ),
    "a mail of nobody": (
        "does not know of",
        lambda f: replace(f, mails=[*MAILS, replace(MAILS[0], message_id="<?>")]),
    ),
    "a party is not told": (
        "0 times, not 1",
        lambda f: replace(f, notices=NOTICES[:-1], ledger=NOTICES[:-1], mails=MAILS[:-1]),
    ),
    "Kafka and the ledger disagree": (
        "the ledger alone",
        lambda f: replace(f, notices=NOTICES[:-1], mails=MAILS[:-1]),
    ),
    "SEQUENCE stays": (
        "SEQUENCE is [0, 0]",
        lambda f: replace(
            f,
            mails=[
                *FIRST_MAILS,
                *(replace(m, invitation=FIRST_MAILS[0].invitation) for m in LAST_MAILS),
            ],
        ),
    ),
    "the last mail names another time": (
        "the last is",
        lambda f: replace(f, rows={BOOKING: replace(ROW, slot=OLD)}),
    ),
    "free/busy forgets": ("does not say", lambda f: replace(f, busy={HOST: []})),
    "free/busy invents": (
        "availability says",
        lambda f: replace(f, busy={HOST: [(*OLD, "busy"), (*TAKEN, "busy")]}),
    ),
    "a promise is not kept": (
        "has 0 bookings",
        lambda f: replace(f, asked=[*f.asked, Asked("g", str(UUID(int=7)), "confirming")]),
    ),
    "another booking than the promised": (
        "does not exist",
        lambda f: replace(f, asked=[Asked(GUEST, str(UUID(int=7)), "confirming")]),
    ),
    "a booking that nobody asked for": ("nobody asked", lambda f: replace(f, asked=[])),
    "what was granted is undone": (
        "revision 5 was shown",
        lambda f: replace(f, answered={BOOKING: 5}),
    ),
    "a letter died": ("dead letter", lambda f: replace(f, dead_letters=["bookings.dlq"])),
    "what was refused exists": (
        "was answered 409",
        lambda f: replace(f, asked=[Asked(GUEST, None, "409 slot_taken")]),
    ),
}


def test_facts_that_agree_do_not_differ() -> None:
    assert differences(FACTS) == []


@pytest.mark.parametrize(("words", "spoil"), SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_agree_is_found_and_told(words: str, spoil: Spoil) -> None:
    facts = spoil(FACTS)
    found = differences(facts)
    assert any(words in difference.what for difference in found), found
    assert words in report(found, facts)


def test_a_mail_may_come_twice_where_the_notifier_was_killed_before_it_noted_it() -> None:
    again = replace(MAILS[-1], at=MAILS[-1].at + timedelta(seconds=30))
    kills = [(MAILS[-1].at + timedelta(seconds=1), "notifier")]
    assert differences(replace(FACTS, mails=[*MAILS, again], kills=kills)) == []


def test_a_story_is_told_in_order_of_time() -> None:
    found = differences(replace(FACTS, claims=[]))
    story = report(found, FACTS)
    assert story.index("invitation of revision 2") < story.index("update of revision 4")
    assert f"row: {ROW}" in story
