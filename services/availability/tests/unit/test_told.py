"""Announcements fit into an event, however much there is to tell."""

from uuid import UUID, uuid4

import pytest
from availability.application.announce import MonthToTell, OverlapsToTell
from availability.application.told import busy_time_changed, overlap_detected
from availability.domain.busy_state import BusyState
from availability.domain.free_busy import BusyInterval
from availability.domain.months import month_number, month_time
from availability.domain.overlaps import MOST_OVERLAPS, Overlap, Part
from entente_contracts import MAX_BYTES, encode

pytestmark = pytest.mark.unit

MONTH = month_number("2026-12")
START, END = month_time(MONTH, MONTH)


def month(busy: list[BusyInterval]) -> MonthToTell:
    return MonthToTell(uuid4(), "acme", MONTH, START, busy)


def test_a_usual_month_is_told_as_it_is() -> None:
    event = busy_time_changed(month([(START, END, BusyState.BUSY)]), revision=3)
    assert (event.month, event.revision, event.merged) == ("2026-12", 3, False)
    assert [(it.start.timestamp(), it.end.timestamp()) for it in event.busy] == [(START, END)]


def test_a_month_in_splinters_is_told_merged() -> None:
    splinters = [(at, at + 60, BusyState.BUSY) for at in range(START, END, 600)]
    event = busy_time_changed(month(splinters), revision=1)
    assert event.merged
    assert len(encode(event)) <= MAX_BYTES
    covered = [(it.start.timestamp(), it.end.timestamp()) for it in event.busy]
    assert all(any(a <= start and end <= b for a, b in covered) for start, end, _ in splinters)


def overlaps(count: int, *, name: str) -> list[Overlap]:
    one, other = sorted((uuid4(), uuid4()))

    def overlap(at: int) -> Overlap:
        def part(calendar_id: UUID) -> Part:
            return Part(calendar_id, name, at, at + 60)

        return Overlap(at, at + 60, (part(one), part(other)))

    return [overlap(START + 600 * number) for number in range(count)]


def test_more_overlaps_than_fit_are_told_from_the_first_on() -> None:
    found = overlaps(2_000, name="x" * 20)
    event = overlap_detected(OverlapsToTell(uuid4(), "acme", START, found), revision=1)
    assert not event.complete
    assert 0 < len(event.overlaps) < 2_000
    assert event.overlaps[0].start.timestamp() == START
    assert len(encode(event)) <= MAX_BYTES


def test_the_most_that_are_looked_for_are_more_than_fit() -> None:
    found = overlaps(MOST_OVERLAPS, name="x")
    event = overlap_detected(OverlapsToTell(uuid4(), "acme", START, found), revision=1)
    assert len(event.overlaps) < MOST_OVERLAPS


@pytest.mark.parametrize("complete", [True, False])
def test_overlaps_that_are_not_all_are_told_as_such(complete: bool) -> None:
    found = OverlapsToTell(uuid4(), "acme", START, overlaps(3, name="x"), complete)
    event = overlap_detected(found, revision=1)
    assert (len(event.overlaps), event.complete) == (3, complete)
