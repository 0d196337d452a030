"""The calendar parts of mails against bookings (RFC 5546): one UID, a growing SEQUENCE, the end."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from walk.check_mails import parties_of
from walk.facts import Difference, Facts, Invitation, Row
from walk.spans import shown


def differences_of_invitations(facts: Facts) -> Iterator[Difference]:
    """Yield where a party's calendar would end up with something else than the booking."""
    for (booking, party), mails in parties_of(facts).items():
        row = facts.rows.get(booking)
        if row is None:
            continue
        revisions = [notice.revision for notice, _ in mails]
        if revisions != sorted(revisions):
            yield Difference(f"{party} was told in the order {revisions}", booking)
        parts = [mail.invitation for _, mail in mails if mail.invitation]
        takes_part = party in {"guest", *(f"host:{host}" for host in row.hosts)}
        for what in (*_story(parts, row), *_end(parts, row, takes_part=takes_part)):
            yield Difference(f"invitations to {party}: {what}", booking)


def _story(parts: Sequence[Invitation], row: Row) -> Iterator[str]:
    if any(part.uid != row.uid for part in parts):
        yield f"of the UIDs {[part.uid for part in parts]}, the booking has {row.uid}"
    if any(after.sequence <= before.sequence for before, after in pairwise(parts)):
        yield f"SEQUENCE is {[part.sequence for part in parts]}"


def _end(parts: Sequence[Invitation], row: Row, *, takes_part: bool) -> Iterator[str]:
    last = parts[-1] if parts else None
    if row.status == "confirmed" and takes_part:
        if last is None or last.method == "CANCEL" or last.span != row.slot:
            yield f"the last is {last}, the booking is at {shown(row.slot)}"
    elif last is not None and last.method != "CANCEL":
        yield f"the last is {last}, the booking is {row.status}"
