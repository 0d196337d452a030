from collections.abc import Sequence
from dataclasses import replace

import pytest
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtLeast, Verdict

from bench import blocks

pytestmark = pytest.mark.unit

Calls = list[tuple[str, Sequence[int]]]


def arm(
    name: str, cost: float, calls: Calls, *, share: float = 1.0, wrong: int = 0
) -> Arm[int, int]:
    async def measure(items: Sequence[int]) -> Measurement[int]:
        calls.append((name, items))
        return Measurement(cost, sum(items) + wrong)

    return Arm(name, measure, share)


def suite(
    calls: Calls, *, cost: float = 1.0, again: float = 1.0, wrong: int = 0
) -> Suite[int, int]:
    return Suite(
        name="sum",
        arms=[
            arm("subject", cost, calls, wrong=wrong),
            arm("floor", 1.0, calls),
            arm("floor again", again, calls, share=0.2),
        ],
        control=("floor", "floor again"),
        comparisons=[Comparison("subject", "floor", AtLeast(0.6, 0.85))],
        draw=lambda random: [random.randrange(100) for _ in range(10)],
        gate=_sums,
    )


def _sums(items: Sequence[int], answer: int) -> None:
    if answer != sum(items):
        raise WrongAnswerError(f"{answer} for {sum(items)}")


async def test_a_result_holds_each_blocks_costs_and_the_verdict() -> None:
    result = await blocks.run(suite([], cost=1.25), Profile.SMOKE, seed=1)

    block = {"subject": 1.25, "floor": 1.0, "floor again": 1.0}
    assert result.blocks == [block] * Profile.SMOKE.blocks
    assert [(j.ratio.median, j.verdict) for j in result.judged] == [(0.8, Verdict.MET)]
    assert result.control.median == 1.0
    assert not result.hopeless


async def test_within_a_block_all_arms_work_on_the_same_items() -> None:
    calls: Calls = []

    await blocks.run(suite(calls), Profile.SMOKE, seed=1)

    for first in range(0, len(calls), 3):
        given = dict(calls[first : first + 3])
        assert given["subject"] == given["floor"]
        assert given["floor again"] == given["floor"][:2]


async def test_the_arms_take_turns_in_shuffled_order_on_fresh_items() -> None:
    calls: Calls = []

    await blocks.run(suite(calls), Profile.FULL, seed=1)

    orders = {tuple(name for name, _ in calls[i : i + 3]) for i in range(0, len(calls), 3)}
    drawn = [tuple(items) for name, items in calls if name == "subject"]
    assert len(orders) > 1
    assert len(set(drawn)) == len(drawn) == 16  # 15 blocks and the warm-up


async def test_the_same_seed_gives_the_same_run() -> None:
    runs: dict[str, Calls] = {"once": [], "again": [], "other": []}

    for name, seed in {"once": 1, "again": 1, "other": 2}.items():
        await blocks.run(suite(runs[name]), Profile.SMOKE, seed=seed)

    assert runs["once"] == runs["again"] != runs["other"]


async def test_a_wrong_answer_ends_the_run_and_names_the_arm() -> None:
    with pytest.raises(WrongAnswerError, match=r"subject, block 1/sum/warm-up: .* for"):
        await blocks.run(suite([], wrong=1), Profile.SMOKE, seed=1)


async def test_a_noisy_host_gets_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Profile, "patience_seconds", 0)

    result = await blocks.run(suite([], again=1.2), Profile.SMOKE, seed=1)

    assert [j.verdict for j in result.judged] == [Verdict.NOISY]


async def test_blocks_are_added_until_the_noise_has_passed() -> None:
    calls: Calls = []
    loud = suite(calls)

    async def becomes_quiet(items: Sequence[int]) -> Measurement[int]:
        cost = 1.2 if len(calls) < 2 * 6 else 1.0  # two others, a warm-up and five blocks
        return Measurement(cost, sum(items))

    arms = [*loud.arms[:2], Arm("floor again", becomes_quiet)]
    result = await blocks.run(replace(loud, arms=arms), Profile.SMOKE, seed=1)

    assert len(result.blocks) > Profile.SMOKE.blocks
    assert [j.verdict for j in result.judged] == [Verdict.STRETCH]


async def test_half_of_what_must_be_is_hopeless() -> None:
    result = await blocks.run(suite([], cost=4.0), Profile.SMOKE, seed=1)

    assert result.hopeless


def test_a_comparison_needs_arms_that_exist() -> None:
    with pytest.raises(ValueError, match="sum: no arm peer"):
        Suite(
            name="sum",
            arms=[arm("floor", 1, []), arm("again", 1, [])],
            control=("floor", "again"),
            comparisons=[Comparison("floor", "peer", AtLeast(1))],
            draw=lambda random: [random.randrange(9)],
            gate=_sums,
        )


def test_two_arms_need_two_names() -> None:
    with pytest.raises(ValueError, match="two arms have one name"):
        Suite(
            name="sum",
            arms=[arm("floor", 1, []), arm("floor", 1, [])],
            control=("floor", "floor"),
            comparisons=[],
            draw=lambda random: [random.randrange(9)],
            gate=_sums,
        )
