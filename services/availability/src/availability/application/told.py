"""Announcements as events, small enough to be published."""

from collections.abc import Sequence
from datetime import UTC, datetime

from entente_contracts import (
    BusyInterval,
    BusyState,
    BusyTimeChanged,
    MessageTooLarge,
    Overlap,
    OverlapDetected,
    OverlapPart,
    encode,
)

from availability.application.announce import MonthToTell, OverlapsToTell
from availability.domain import free_busy, overlaps
from availability.domain.coarse_busy import ever_coarser
from availability.domain.months import month_name
from availability.domain.overlaps import MOST_OVERLAPS


def busy_time_changed(told: MonthToTell, *, revision: int) -> BusyTimeChanged:
    """Return the month as an event, merged no more than its size asks for."""
    for busy in ever_coarser(told.busy):
        event = BusyTimeChanged(
            tenant_id=told.tenant_id,
            host_id=told.host_id,
            month=month_name(told.month),
            revision=revision,
            as_of=_instant(told.as_of),
            busy=_intervals(busy),
            merged=len(busy) < len(told.busy),
        )
        if _fits(event):
            return event
    raise AssertionError("a single interval fits")


def overlap_detected(told: OverlapsToTell, *, revision: int) -> OverlapDetected:
    """Return the overlaps as an event, without the latest where they are too many."""
    found = [_overlap(overlap) for overlap in told.overlaps[:MOST_OVERLAPS]]
    kept = len(found)
    while True:
        event = OverlapDetected(
            tenant_id=told.tenant_id,
            host_id=told.host_id,
            revision=revision,
            as_of=_instant(told.as_of),
            overlaps=tuple(found[:kept]),
            complete=told.complete and kept == len(told.overlaps),
        )
        if _fits(event):
            return event
        kept = kept * 3 // 4


def _fits(event: BusyTimeChanged | OverlapDetected) -> bool:
    try:
        encode(event)
    except MessageTooLarge:
        return False
    return True


def _intervals(busy: Sequence[free_busy.BusyInterval]) -> tuple[BusyInterval, ...]:
    return tuple(
        BusyInterval(start=_instant(start), end=_instant(end), state=BusyState(state.value))
        for start, end, state in busy
    )


def _overlap(found: overlaps.Overlap) -> Overlap:
    return Overlap(
        start=_instant(found.start),
        end=_instant(found.end),
        parts=tuple(
            OverlapPart(
                calendar_id=part.calendar_id,
                occurrence_id=part.occurrence_id,
                start=_instant(part.start),
                end=_instant(part.end),
            )
            for part in found.parts
        ),
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
