"""Runs a suite: in each block every arm once, in shuffled order, on the same items."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.ratio import Ratio, ratio_of
from bench.stopwatch import Stopwatch
from bench.suite import Arm, Comparison, NotMeasured, Profile, Suite, WrongAnswerError
from bench.targets import AtLeast, Verdict

_LONGEST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Judged:
    """One comparison with what was measured."""

    comparison: Comparison
    ratio: Ratio
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """What a suite's run brought: for each block the cost of one item by arm, then the ratios."""

    suite: str
    seed: int
    blocks: Sequence[dict[str, float]]
    control: Ratio
    judged: Sequence[Judged]
    not_measured: Sequence[NotMeasured] = ()

    @property
    def noisy(self) -> bool:
        """Whether the machine was too noisy for a verdict."""
        return any(judged.verdict is Verdict.NOISY for judged in self.judged)

    @property
    def hopeless(self) -> bool:
        """Whether a target is missed by more than half, noise allowed for."""
        return any(j.comparison.target.hopeless(j.ratio, j.verdict) for j in self.judged)


async def run(suite: Suite[Any, Any], profile: Profile, seed: int) -> Result:
    """Run the profile's blocks, and more while the machine is too noisy for a verdict.

    Raises WrongAnswerError, naming arm and block, as soon as an answer is wrong.
    """

    async def block(name: int | str) -> dict[str, float]:
        return await _run_block(suite, f"{seed}/{suite.name}/{name}")

    await block("warm-up")
    blocks = [await block(number) for number in range(profile.blocks)]
    waiting = Stopwatch()
    while (result := _judge(suite, seed, blocks)).noisy:
        if waiting.seconds > profile.patience_seconds:
            break
        blocks.append(await block(len(blocks)))
    return result


async def _run_block(suite: Suite[Any, Any], seed: str) -> dict[str, float]:
    random = Random(seed)
    items = suite.draw(random)
    arms = random.sample(suite.arms, k=len(suite.arms))
    return {arm.name: await _cost(suite, arm, items, seed) for arm in arms}


async def _cost(
    suite: Suite[Any, Any], arm: Arm[Any, Any], items: Sequence[Any], seed: str
) -> float:
    part = items[: max(1, round(len(items) * arm.share))]
    gc.collect()
    gc.freeze()  # looking at all that earlier blocks have left is not the arm's work
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            measurement = await arm.measure(part)
        suite.gate(part, measurement.answer)
    except TimeoutError as error:
        raise WrongAnswerError(
            f"{arm.name}, block {seed}: not done after {_LONGEST_SECONDS:g} s"
        ) from error
    except WrongAnswerError as error:
        raise WrongAnswerError(f"{arm.name}, block {seed}: {error}") from error
    return measurement.cost


def _judge(suite: Suite[Any, Any], seed: int, blocks: Sequence[dict[str, float]]) -> Result:
    floor, duplicate = suite.control
    control = _ratio(Comparison(duplicate, floor, AtLeast(1.0)), blocks)
    judged: list[Judged] = []
    for comparison in suite.comparisons:
        ratio = _ratio(comparison, blocks)
        judged.append(Judged(comparison, ratio, comparison.target.judge(ratio, control=control)))
    return Result(suite.name, seed, list(blocks), control, judged, suite.not_measured)


def _ratio(comparison: Comparison, blocks: Sequence[dict[str, float]]) -> Ratio:
    return ratio_of(
        [
            comparison.target.ratio(
                subject=block[comparison.subject], reference=block[comparison.reference]
            )
            for block in blocks
        ]
    )
