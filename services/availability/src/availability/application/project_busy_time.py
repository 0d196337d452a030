"""Project `calendar.busy.v1`: pictures of months, and when calendars were last read."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from entente_contracts import CalendarChecked
from messaging import failpoints
from messaging.delivery import Arrival, Delivery, Tombstone, UnreadableRecordError

from availability.application.changes import HostChange
from availability.domain.calendar_check import CalendarCheck
from availability.domain.errors import RuleError
from availability.domain.month_picture import MonthPicture
from availability.domain.months import month_number


class MonthEnd(NamedTuple):
    """The picture of a month is gone since a revision; None: whatever it was."""

    calendar_id: UUID
    month: int
    revision: int | None


class CheckEnd(NamedTuple):
    """Nothing is known any more of when the calendar was last read without a change."""

    calendar_id: UUID
    revision: int | None


class BusyTime(Protocol):
    """The projected busy time of calendars. A record older than what is known changes nothing."""

    async def replace(self, pictures: Collection[MonthPicture]) -> Collection[HostChange]:
        """Replace whole months, at most one picture of each; return what that may change."""
        ...

    async def end(self, ends: Collection[MonthEnd]) -> Collection[HostChange]:
        """Forget months; return what that may change."""
        ...

    async def check(self, checks: Collection[CalendarCheck]) -> None:
        """Note when calendars were read, at most one check of each."""
        ...

    async def forget_checks(self, ends: Collection[CheckEnd]) -> None:
        """Forget when calendars were read."""
        ...


_Told = MonthPicture | CalendarCheck
_Fact = _Told | MonthEnd | CheckEnd
_Kind = TypeVar("_Kind", MonthPicture, MonthEnd, CalendarCheck, CheckEnd)


async def project_busy_time(
    busy_time: BusyTime, arrivals: Sequence[Arrival]
) -> Collection[HostChange]:
    """Apply the arrivals, those of one key in their order and different ones at once.

    What follows upon its like replaces it unseen; what was ended leaves its revision behind.
    """
    changed: set[HostChange] = set()
    for facts in _turns(map(_fact, arrivals)):
        changed.update(await busy_time.replace(_of_kind(MonthPicture, facts)))
        changed.update(await busy_time.end(_of_kind(MonthEnd, facts)))
        await failpoints.reach("projection.after_months")
        await busy_time.check(_of_kind(CalendarCheck, facts))
        await busy_time.forget_checks(_of_kind(CheckEnd, facts))
    return changed


def _turns(facts: Iterable[_Fact]) -> Sequence[Collection[_Fact]]:
    """Return what is told first of each key, what is told after its end, and so on."""
    turns: list[dict[Hashable, _Fact]] = [{}]
    turn_of: dict[Hashable, int] = {}
    for fact in facts:
        key = _key(fact)
        turn = turn_of.get(key, 0)
        newest = _newest(turns[turn].get(key), fact)
        if newest is None:
            turn, newest = turn + 1, fact
            if turn == len(turns):
                turns.append({})
        turns[turn][key], turn_of[key] = newest, turn
    return [turn.values() for turn in turns]


def _newest(known: _Fact | None, fact: _Fact) -> _Fact | None:
    """Return which of two of a key replaces the other; None where one of them is an end.

    A later record is mostly the newer one, but for one that was redriven.
    """
    if known is None:
        return fact
    if isinstance(fact, _Told) and isinstance(known, _Told):
        return fact if fact.revision >= known.revision else known
    return None


def _of_kind(kind: type[_Kind], facts: Iterable[_Fact]) -> list[_Kind]:
    return [fact for fact in facts if isinstance(fact, kind)]


def _fact(arrival: Arrival) -> _Fact:
    if isinstance(arrival, Tombstone):
        return _end(arrival)
    return _told(arrival)


def _told(delivery: Delivery[object]) -> _Told:
    if isinstance(delivery.message, _Told):
        return delivery.message
    raise TypeError(f"unexpected {type(delivery.message).__name__}")


def _end(tombstone: Tombstone) -> MonthEnd | CheckEnd:
    """Read what ended from the key, as a null value has nothing else."""
    calendar_id, _, what = tombstone.key.partition(":")
    revision = tombstone.envelope.aggregate_version if tombstone.envelope else None
    try:
        if what == CalendarChecked.KEY_SUFFIX:
            return CheckEnd(UUID(calendar_id), revision)
        return MonthEnd(UUID(calendar_id), month_number(what), revision)
    except (ValueError, RuleError):
        raise UnreadableRecordError("invalid_key", "names no month of a calendar") from None


def _key(fact: _Fact) -> Hashable:
    if isinstance(fact, MonthPicture | MonthEnd):
        return fact.calendar_id, fact.month
    return fact.calendar_id
