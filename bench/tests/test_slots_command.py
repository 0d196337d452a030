"""Another implementation of slots is spoken to line by line, and checked as our own is."""

import shlex
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from bench.peers import slots_command
from bench.population import Population
from bench.slot_search import Search, gate
from bench.suite import Arm, WrongAnswerError
from bench.suites import slots

from bench import slot_search

pytestmark = pytest.mark.unit

Command = Callable[[str], str]

NOW = int(time.time())
RIGHT = """
import json, sys
from zoneinfo import ZoneInfo
from bench.peers.start_by_start import free_starts
for line in sys.stdin:
    search = json.loads(line)
    hosts = search["hosts"]
    assert (search["duration"], search["step"]) == (1800, 900)
    assert all(host["weekly"] == [[[540, 1020]]] * 5 + [[], []] for host in hosts)
    zones = [ZoneInfo(host["zone"]) for host in hosts]
    free = free_starts(zones, [host["busy"] for host in hosts], search["window"])
    fewest = {"collective": len(hosts), "any": 1}[search["mode"]]
    starts = [start for start, who in free.items() if len(who) >= fewest]
    print(json.dumps({"starts": starts, "seconds": 0.25}), flush=True)
"""
OTHER_STARTS = RIGHT.replace(">= fewest", "> fewest")
ENDS_AT_ONCE = ""
NO_JSON = "input(); print('nine to five', flush=True)"
NO_TIME = """input(); print('{"starts": [], "seconds": 0}', flush=True)"""


@pytest.fixture
def command(tmp_path: Path) -> Command:
    def written(program: str) -> str:
        path = tmp_path / "other implementation.py"
        path.write_text(program)
        return shlex.join([sys.executable, str(path)])

    return written


@pytest.fixture(scope="module")
def searches() -> Sequence[Search]:
    population = Population.around_now(20, 200)
    return [slot_search.draw(population, Random(seed), NOW) for seed in range(2)]


def arms(peer: slots_command.SlotsCommand | None) -> dict[str, Arm[Search, slot_search.Answer]]:
    return {arm.name: arm for arm in slots.computed(NOW, lambda _: [], peer).arms}


@pytest.mark.parametrize("name", [slots.GIVEN_TOGETHER, slots.GIVEN_ANY])
async def test_the_commands_starts_and_time_are_taken(
    command: Command, searches: Sequence[Search], name: str
) -> None:
    async with slots_command.running(command(RIGHT)) as peer:
        measurement = await arms(peer)[name].measure(searches)

    gate(searches, measurement.answer)
    assert measurement.cost == 0.25
    assert all(found and found.starts for found in measurement.answer)


async def test_other_starts_than_ours_are_wrong(
    command: Command, searches: Sequence[Search]
) -> None:
    async with slots_command.running(command(OTHER_STARTS)) as peer:
        measurement = await arms(peer)[slots.GIVEN_ANY].measure(searches)

    with pytest.raises(WrongAnswerError, match=r"any: \d+ slots, should be \d+"):
        gate(searches, measurement.answer)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (ENDS_AT_ONCE, "ended before it answered"),
        (NO_JSON, "not an answer: .*nine to five"),
        (NO_TIME, "not an answer"),
    ],
    ids=["ends at once", "no JSON", "no time"],
)
async def test_a_command_that_does_not_answer_is_wrong(
    command: Command, searches: Sequence[Search], program: str, said: str
) -> None:
    async with slots_command.running(command(program)) as peer:
        with pytest.raises(WrongAnswerError, match=said):
            await arms(peer)[slots.GIVEN_ANY].measure(searches)


@pytest.mark.parametrize("name", [slots.TOGETHER, slots.ANY])
async def test_our_own_slots_pass(searches: Sequence[Search], name: str) -> None:
    measurement = await arms(None)[name].measure(searches)

    gate(searches, measurement.answer)
    assert all(found and found.starts for found in measurement.answer)


async def test_another_host_at_a_start_is_wrong(searches: Sequence[Search]) -> None:
    (answer,) = (await arms(None)[slots.ANY].measure(searches[:1])).answer
    assert answer is not None
    altered = slot_search.Found(answer.mode, answer.starts, dict.fromkeys(answer.starts, (0,)))

    with pytest.raises(WrongAnswerError, match="any: another host is free"):
        gate(searches[:1], [altered])


def test_without_a_command_its_comparisons_are_not_measured() -> None:
    suite = slots.computed(NOW, lambda _: [], None)

    assert not suite.comparisons
    assert [missing.comparison.reference for missing in suite.not_measured] == [
        slots.GIVEN_TOGETHER,
        slots.GIVEN_ANY,
    ]
