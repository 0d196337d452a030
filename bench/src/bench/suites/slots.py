"""Free slots of ten hosts: the computation by itself, and over HTTP (targets 4 and 4b)."""

import json
import os
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from availability.domain.host import Host
from availability.domain.rules import SlotRules, Staleness, WallClockAnchor
from availability.domain.slot_request import SlotRequest
from availability.domain.slots import FreeSlots, any_host_slots, collective_slots
from stack.stack import Stack

from bench import availability_service, slot_search
from bench.asking import one_by_one
from bench.availability_service import Running
from bench.busy import instant
from bench.http_client import connected
from bench.peers import slots_command
from bench.peers.slots_command import AskedHost, AskedSearch, SlotsCommand
from bench.population import DAY, Population
from bench.slot_search import DURATION, STEP, Answer, Found, Mode, Search, busy_of, gate
from bench.stopwatch import cpu_stopwatch
from bench.suite import Arm, Comparison, Measurement, NotMeasured, Profile, Suite
from bench.targets import AtLeast, AtMost

COMMAND = "ENTENTE_BENCH_SLOTS"
"""Names the environment variable that holds another implementation's command."""

_HOSTS = {Profile.SMOKE: 100, Profile.FULL: 1_000}
_SEARCHES = {Profile.SMOKE: 40, Profile.FULL: 100}
_ROWS_EACH = 500
_RULES = SlotRules(
    duration=DURATION,
    step=STEP,
    horizon_days=730,
    staleness=Staleness(bound=DAY),
    anchor=WallClockAnchor(ZoneInfo("UTC")),
)
_RULES_TOLD = {
    "duration": DURATION,
    "step": STEP,
    "horizon_days": 730,
    "staleness": {"bound": DAY},
    "anchor": {"zone": "UTC"},
}

TOGETHER = "our slots, collective"
TOGETHER_AGAIN = "our slots, collective, again"
ANY = "our slots, any host"
GIVEN_TOGETHER = "the given command's, collective"
GIVEN_ANY = "the given command's, any host"
SLOTS_HTTP = "slots over HTTP"
FREE_BUSY_HTTP = "free/busy over HTTP"
FREE_BUSY_AGAIN = "free/busy over HTTP, again"
_WITH_COMMAND = (
    Comparison(TOGETHER, GIVEN_TOGETHER, AtLeast(20, 80)),
    Comparison(ANY, GIVEN_ANY, AtLeast(40, 120)),
)


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[Search, Answer]]]:
    """Yield the suites; another implementation takes part where its command is given."""
    population = Population.around_now(_HOSTS[profile], _ROWS_EACH)
    now = int(time.time())

    def draw(random: Random) -> Sequence[Search]:
        return [slot_search.draw(population, random, now) for _ in range(_SEARCHES[profile])]

    async with AsyncExitStack() as running:
        service = await running.enter_async_context(availability_service.running(stack, population))
        given = os.environ.get(COMMAND)
        peer = await running.enter_async_context(slots_command.running(given)) if given else None
        yield [
            computed(now, draw, peer),
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


def computed(
    now: int, draw: Callable[[Random], Sequence[Search]], peer: SlotsCommand | None
) -> Suite[Search, Answer]:
    """Return the suite of the computation by itself, seen at `now`; with a peer if there is one."""
    arms = [
        _ours(TOGETHER, Mode.COLLECTIVE, collective_slots, now),
        _ours(TOGETHER_AGAIN, Mode.COLLECTIVE, collective_slots, now),
        _ours(ANY, Mode.ANY, any_host_slots, now),
    ]
    if peer:
        arms.append(_given(GIVEN_TOGETHER, Mode.COLLECTIVE, peer))
        arms.append(_given(GIVEN_ANY, Mode.ANY, peer))
    return Suite(
        name="slots, computed",
        arms=arms,
        control=(TOGETHER, TOGETHER_AGAIN),
        comparisons=_WITH_COMMAND if peer else (),
        draw=draw,
        gate=gate,
        not_measured=() if peer else [NotMeasured(it, f"no {COMMAND}") for it in _WITH_COMMAND],
    )


def _ours(
    name: str, mode: Mode, find: Callable[[Sequence[Host], SlotRequest], FreeSlots], now: int
) -> Arm[Search, Answer]:
    async def measure(items: Sequence[Search]) -> Measurement[Answer]:
        requests = [SlotRequest(_RULES, it.question.window, now) for it in items]
        searches = [(it.hosts, request) for it, request in zip(items, requests, strict=True)]
        for search in searches:
            find(*search)  # a service that runs has the openings of these days in its cache
        watch = cpu_stopwatch()
        found = [find(*search) for search in searches]
        seconds = watch.seconds
        answer = [_found(mode, it, slots) for it, slots in zip(items, found, strict=True)]
        return Measurement(seconds / len(items), answer)

    return Arm(name, measure)


def _given(name: str, mode: Mode, peer: SlotsCommand) -> Arm[Search, Answer]:
    async def measure(items: Sequence[Search]) -> Measurement[Answer]:
        answers = [await peer.find(_as_asked(search, mode)) for search in items]
        found = [Found(mode, answer.starts) for answer in answers]
        return Measurement(sum(answer.seconds for answer in answers) / len(items), found)

    return Arm(name, measure, share=0.25)


def _as_asked(search: Search, mode: Mode) -> AskedSearch:
    return AskedSearch(
        mode=mode.value,
        window=search.question.window,
        duration=DURATION,
        step=STEP,
        hosts=[
            AskedHost(
                zone=host.zone.key,
                weekly=[[(it.start, it.end) for it in day] for day in host.hours.weekly],
                busy=busy_of(host),
            )
            for host in search.hosts
        ],
    )


def _found(mode: Mode, search: Search, found: FreeSlots) -> Found:
    place = {host.host_id: index for index, host in enumerate(search.hosts)}
    free = {start: tuple(place[it] for it in o.host_ids) for start, o in found.offers.items()}
    return Found(mode, list(free), free)


def _asked(
    name: str,
    service: Running,
    path: str,
    body: Callable[[Search], dict[str, Any]],
    read: Callable[[bytes], Found | None],
) -> Arm[Search, Answer]:
    async def measure(items: Sequence[Search]) -> Measurement[Answer]:
        async with connected(service.service.url, service.headers) as client:
            requests = [client.request(path, body(search)) for search in items]
            seconds, answers = await one_by_one(requests, client.send)
        return Measurement(seconds, [read(answer) for answer in answers])

    return Arm(name, measure)


def _free_busy_body(search: Search) -> dict[str, Any]:
    begin, end = (instant(seconds).isoformat() for seconds in search.question.window)
    hosts = [str(host.host_id) for host in search.hosts]
    return {"hosts": hosts, "from": begin, "to": end}


def _slots_body(search: Search) -> dict[str, Any]:
    return {**_free_busy_body(search), "mode": Mode.COLLECTIVE.value, "rules": _RULES_TOLD}


def _read_slots(body: bytes) -> Found:
    starts = [datetime.fromisoformat(slot["start"]) for slot in json.loads(body)["slots"]]
    return Found(Mode.COLLECTIVE, [int(start.timestamp()) for start in starts])


def _not_read(_: bytes) -> None:
    return None
