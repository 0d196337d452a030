"""Searches for free slots of ten hosts, and the gate for what arms find."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from zoneinfo import ZoneInfo

from availability.domain.busy_state import BusyState
from availability.domain.host import Calendar, Host
from availability.domain.intervals import Packed, bounds_of
from availability.domain.months import month_at
from availability.domain.working_hours import Hours, WorkingHours

from bench import free_busy
from bench.busy import Interval
from bench.peers.start_by_start import Free, free_starts
from bench.population import DAY, ZONES, Population, calendar_id, host_id
from bench.suite import WrongAnswerError

DURATION, STEP = 1800, 900
_TOGETHER = 10
_DAYS = 14
_FARTHEST_DAY = 100
_NINE_TO_FIVE = WorkingHours(((Hours.between("09:00", "17:00"),),) * 5 + ((), ()))


class Mode(Enum):
    """Who of the hosts must be free at a start."""

    COLLECTIVE = "collective"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Search:
    """Ten hosts, a window, and who is free when."""

    question: free_busy.Question
    hosts: Sequence[Host] = field(repr=False)
    free: Free = field(repr=False)

    def expected(self, mode: Mode) -> Free:
        """Return who is free by the starts to be found."""
        if mode is Mode.ANY:
            return self.free
        return {start: who for start, who in self.free.items() if len(who) == len(self.hosts)}


@dataclass(frozen=True, slots=True)
class Found:
    """The starts that were found, in order; `free` is None where it is not told who is free."""

    mode: Mode
    starts: Sequence[int]
    free: Free | None = None


Answer = Sequence[Found | None]
"""What was found in each search; None by an arm that looks for something else."""


def draw(population: Population, random: Random, now: int) -> Search:
    """Return a search of two weeks from a midnight (UTC) of the next hundred days."""
    hosts = tuple(random.sample(range(population.hosts), _TOGETHER))
    first = now // DAY * DAY + random.randrange(1, _FARTHEST_DAY) * DAY
    question = free_busy.Question(hosts, (first, first + _DAYS * DAY))
    span = first - DAY, first + (_DAYS + 1) * DAY
    busy = [population.busy(host, span) for host in hosts]
    zones = [ZONES[host % len(ZONES)] for host in hosts]
    return Search(
        question,
        [_host(host, intervals, span, now) for host, intervals in zip(hosts, busy, strict=True)],
        free_starts([ZoneInfo(zone) for zone in zones], busy, question.window),
    )


def busy_of(host: Host) -> Sequence[Interval]:
    """Return when a host of a search is busy."""
    return list(host.calendars[0].timed[BusyState.BUSY])


def gate(items: Sequence[Search], answer: Answer) -> None:
    """Refuse an answer that offers another start, or other hosts at it."""
    for search, found in zip(items, answer, strict=True):
        if found is None:
            continue
        expected = search.expected(found.mode)
        if list(found.starts) != list(expected):
            raise WrongAnswerError(
                f"{found.mode.value}: {len(found.starts)} slots, should be {len(expected)}"
            )
        if found.free not in (None, expected):
            raise WrongAnswerError(f"{found.mode.value}: another host is free")


def _host(number: int, busy: Sequence[Interval], span: Interval, now: int) -> Host:
    return Host(
        host_id=host_id(number),
        zone=ZoneInfo(ZONES[number % len(ZONES)]),
        hours=_NINE_TO_FIVE,
        calendars=[
            Calendar(
                calendar_id=calendar_id(number),
                as_of=now,
                months_known=frozenset(range(month_at(span[0]), month_at(span[1]) + 1)),
                timed={BusyState.BUSY: Packed(bounds_of(busy))},
            )
        ],
    )
