"""Calendars against bookings: one entry for each that stands, and no other."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from meetings import Span
from walk.facts import Difference, Facts, Row
from walk.spans import shown


def differences_of_entries(facts: Facts) -> Iterator[Difference]:
    """Yield entries that are missing, doubled, left over, or at another time."""
    for calendar, host in facts.writable.items():
        wanted = {
            (row.id, *entry)
            for row in facts.rows.values()
            if host in row.hosts
            for entry in _wanted(row, calendar)
        }
        found = Counter(
            (entry.booking, entry.uid, entry.span, entry.status)
            for entry in facts.entries
            if entry.calendar == calendar and entry.booking is not None
        )
        for booking, uid, span, status in wanted - found.keys():
            what = f"{status} entry {uid} at {shown(span)}"
            yield Difference(f"calendar {calendar} lacks the {what}", booking)
        for (booking, uid, span, status), times in found.items():
            what = f"calendar {calendar} has the {status} entry {uid} at {shown(span)}"
            if (booking, uid, span, status) not in wanted:
                yield Difference(f"{what}, which nothing calls for", booking)
            elif times > 1:
                yield Difference(f"{what} {times} times", booking)


def _wanted(row: Row, calendar: UUID) -> Iterator[tuple[str, Span, str]]:
    if calendar in row.failed_calendars:
        return
    if row.status == "confirmed" and row.slot:
        yield row.uid, row.slot, "CONFIRMED"
    elif row.is_held:
        for uid, span in row.dates:
            yield uid, span, "TENTATIVE"
