"""Everything known about a booking, in order of time."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from walk.facts import Facts
from walk.spans import shown


def story_of(facts: Facts, booking: UUID) -> list[str]:
    """Return the lines of a booking's story: what was done, told, written, mailed and broken."""
    lines = sorted(_lines(facts, booking))
    said = [f"{at:%H:%M:%S.%f} {who:<9} {what}" for at, who, what in lines]
    return [f"story of {booking}", *said, *_outcome(facts, booking)]


def _lines(facts: Facts, booking: UUID) -> Iterator[tuple[datetime, str, str]]:
    for deed in facts.deeds:
        if deed.booking == str(booking):
            took = (deed.ended - deed.began).total_seconds()
            what = f"{deed.what} (#{deed.number}, {took:.1f} s): {deed.outcome}"
            yield deed.began, "people", what
    times = [deed.began for deed in facts.deeds if deed.booking == str(booking)]
    for at, service in facts.kills:
        if times and min(times) <= at:
            yield at, "mishap", f"{service} is killed"
    for told in facts.told.get(booking, ()):
        of = told.event.booking
        slot = f"{of.slot.start:%a %d %H:%M}" if of.slot else "-"
        what = f"{told.kind} revision {of.revision} sequence {of.sequence} {of.status} {slot}"
        yield told.at, "event", what
    for said in facts.said_of_entries:
        if said.booking == booking:
            yield said.at, "entry", f"{said.kind} {said.details}"
    notices = {n.message_id: n for n in facts.notices if n.booking == booking}
    for mail in facts.mails:
        if notice := notices.get(mail.message_id):
            what = f"{notice.kind} of revision {notice.revision} to {notice.party}"
            yield mail.at, "mail", f"{what} {mail.invitation or ''}"


def _outcome(facts: Facts, booking: UUID) -> Iterator[str]:
    yield f"row: {facts.rows.get(booking)}"
    for claim in facts.claims:
        if claim.booking == booking:
            yield f"claim: {shown(*claim.spans)} of {claim.host}"
    for entry in facts.entries:
        if entry.booking == booking:
            yield f"entry: {entry.status} {shown(entry.span)} in {entry.calendar}, UID {entry.uid}"
    for notice in facts.ledger:
        if notice.booking == booking:
            what = f"{notice.outcome} {notice.kind} of revision {notice.revision}"
            yield f"ledger: {what} to {notice.party}, {notice.message_id}"
