"""Free slots of ten hosts: the computation by itself, and over HTTP (targets 4 and 4b)."""

import json
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from availability.domain.busy_state import BusyState
from availability.domain.host import Calendar, Host
from availability.domain.months import month_at
from availability.domain.rules import SlotRules, Staleness, WallClockAnchor
from availability.domain.slot_request import SlotRequest
from availability.domain.slots import FreeSlots, any_host_slots, collective_slots
from availability.domain.working_hours import Hours, WorkingHours
from stack.stack import Stack

from bench import availability_service, free_busy
from bench.asking import one_by_one
from bench.availability_service import Running
from bench.busy import Interval, instant
from bench.http_client import connected
from bench.peers.start_by_start import Free, free_starts
from bench.population import DAY, ZONES, Population, calendar_id, host_id
from bench.stopwatch import cpu_stopwatch
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtLeast, AtMost

_HOSTS = {Profile.SMOKE: 100, Profile.FULL: 1_000}
_SEARCHES = {Profile.SMOKE: 20, Profile.FULL: 100}
_ROWS_EACH = 500
_TOGETHER = 10
_DAYS = 14
_MINUTES_30, _MINUTES_15 = 1800, 900
_NINE_TO_FIVE = WorkingHours(((Hours.between("09:00", "17:00"),),) * 5 + ((), ()))
_RULES = SlotRules(
    duration=_MINUTES_30,
    step=_MINUTES_15,
    horizon_days=730,
    staleness=Staleness(bound=DAY),
    anchor=WallClockAnchor(ZoneInfo("UTC")),
)
_RULES_TOLD = {
    "duration": _MINUTES_30,
    "step": _MINUTES_15,
    "horizon_days": 730,
    "staleness": {"bound": DAY},
    "anchor": {"zone": "UTC"},
}

TOGETHER = "our slots, collective"
TOGETHER_AGAIN = "our slots, collective, again"
ANY = "our slots, any host"
START_BY_START = "start by start"
SLOTS_HTTP = "slots over HTTP"
FREE_BUSY_HTTP = "free/busy over HTTP"
FREE_BUSY_AGAIN = "free/busy over HTTP, again"


@dataclass(frozen=True, slots=True)
class Search:
    """Ten hosts, a window, and who is free when."""

    question: free_busy.Question
    hosts: Sequence[Host] = field(repr=False)
    free: Free = field(repr=False)


Answer = Sequence[tuple[Free, bool] | None]
"""For each search who is free when (true: only where all are); None by what answers otherwise."""


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[Search, Answer]]]:
    """Yield the suites."""
    population = Population.around_now(_HOSTS[profile], _ROWS_EACH)
    now = int(time.time())

    def draw(random: Random) -> Sequence[Search]:
        return [_search(population, random, now) for _ in range(_SEARCHES[profile])]

    async with availability_service.running(stack, population) as service:
        yield [
            Suite(
                name="slots, computed",
                arms=[
                    _computed(TOGETHER, collective_slots, now, together=True),
                    _computed(TOGETHER_AGAIN, collective_slots, now, together=True),
                    _computed(ANY, any_host_slots, now),
                    _start_by_start(),
                ],
                control=(TOGETHER, TOGETHER_AGAIN),
                comparisons=[
                    Comparison(TOGETHER, START_BY_START, AtLeast(20, 80)),
                    Comparison(ANY, START_BY_START, AtLeast(40, 120)),
                ],
                draw=draw,
                gate=gate,
            ),
            Suite(
                name="slots over HTTP",
                arms=[
                    _asked(SLOTS_HTTP, service, "/v1/slots", _slots_body, _read_slots),
                    _asked(FREE_BUSY_HTTP, service, "/v1/free-busy", _free_busy_body, _not_read),
                    _asked(FREE_BUSY_AGAIN, service, "/v1/free-busy", _free_busy_body, _not_read),
                ],
                control=(FREE_BUSY_HTTP, FREE_BUSY_AGAIN),
                comparisons=[Comparison(SLOTS_HTTP, FREE_BUSY_HTTP, AtMost(2, 1.5))],
                draw=draw,
                gate=gate,
            ),
        ]


def gate(items: Sequence[Search], answer: Answer) -> None:
    """Refuse an answer that offers another start, or other hosts at it."""
    for search, found in zip(items, answer, strict=True):
        if found is None:
            continue
        free, together = found
        expected = {
            start: who
            for start, who in search.free.items()
            if not together or len(who) == len(search.hosts)
        }
        if free != expected:
            raise WrongAnswerError(f"{len(free)} slots, should be {len(expected)}")


def _search(population: Population, random: Random, now: int) -> Search:
    hosts = tuple(random.sample(range(population.hosts), _TOGETHER))
    first = now // DAY * DAY + random.randrange(1, 100) * DAY
    question = free_busy.Question(hosts, (first, first + _DAYS * DAY))
    span = first - DAY, first + (_DAYS + 1) * DAY
    busy = [population.busy(host, span) for host in hosts]
    zones = [ZONES[host % len(ZONES)] for host in hosts]
    return Search(
        question,
        [_host(host, intervals, span, now) for host, intervals in zip(hosts, busy, strict=True)],
        free_starts([ZoneInfo(zone) for zone in zones], busy, question.window),
    )


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
                timed={BusyState.BUSY: busy},
            )
        ],
    )


def _computed(
    name: str,
    find: Callable[[Sequence[Host], SlotRequest], FreeSlots],
    now: int,
    *,
    together: bool = False,
) -> Arm[Search, Answer]:
    async def measure(items: Sequence[Search]) -> Measurement[Answer]:
        requests = [SlotRequest(_RULES, it.question.window, now) for it in items]
        watch = cpu_stopwatch()
        found = [find(it.hosts, request) for it, request in zip(items, requests, strict=True)]
        seconds = watch.seconds
        answer = [(_by_start(it, slots), together) for it, slots in zip(items, found, strict=True)]
        return Measurement(seconds / len(items), answer)

    return Arm(name, measure)


def _start_by_start() -> Arm[Search, Answer]:
    async def measure(items: Sequence[Search]) -> Measurement[Answer]:
        watch = cpu_stopwatch()
        found = [
            free_starts(
                [host.zone for host in it.hosts],
                [host.calendars[0].timed[BusyState.BUSY] for host in it.hosts],
                it.question.window,
            )
            for it in items
        ]
        return Measurement(watch.seconds / len(items), [(free, False) for free in found])

    return Arm(START_BY_START, measure, share=0.2)


def _by_start(search: Search, found: FreeSlots) -> Free:
    place = {host.host_id: index for index, host in enumerate(search.hosts)}
    return {slot.start: tuple(place[it] for it in slot.host_ids) for slot in found.slots}


def _asked(
    name: str,
    service: Running,
    path: str,
    body: Callable[[Search], dict[str, Any]],
    read: Callable[[Search, bytes], tuple[Free, bool] | None],
) -> Arm[Search, Answer]:
    async def measure(items: Sequence[Search]) -> Measurement[Answer]:
        async with connected(service.service.url, service.headers) as client:
            requests = [client.request(path, body(search)) for search in items]
            seconds, answers = await one_by_one(requests, client.send)
        return Measurement(seconds, [read(it, a) for it, a in zip(items, answers, strict=True)])

    return Arm(name, measure)


def _free_busy_body(search: Search) -> dict[str, Any]:
    begin, end = (instant(seconds).isoformat() for seconds in search.question.window)
    hosts = [str(host.host_id) for host in search.hosts]
    return {"hosts": hosts, "from": begin, "to": end}


def _slots_body(search: Search) -> dict[str, Any]:
    return {**_free_busy_body(search), "mode": "collective", "rules": _RULES_TOLD}


def _read_slots(search: Search, body: bytes) -> tuple[Free, bool]:
    everyone = tuple(range(len(search.hosts)))
    starts = (datetime.fromisoformat(slot["start"]) for slot in json.loads(body)["slots"])
    return {int(start.timestamp()): everyone for start in starts}, True


def _not_read(_: Search, __: bytes) -> None:
    return None
