"""A random walk through the whole system; afterwards all that can be seen tells one story.

`ENTENTE_WALK=3000` makes it a long one, `ENTENTE_WALK_SEED` another one: the same operations in the
same order, while what they meet is a matter of time.
"""

import logging
import os
from pathlib import Path

import pytest
from walk.checker import differences, report
from walk.gather import gather
from walk.quiet import becomes_quiet
from walk.stage import set_stage
from walk.walking import walk

SEED = int(os.environ.get("ENTENTE_WALK_SEED", "20261121"))
STEPS = int(os.environ.get("ENTENTE_WALK", "300"))

_logger = logging.getLogger(__name__)

_LONG_ENOUGH = 200
_TO_BE_MET = {
    *("Proposed", "Confirmed", "Rescheduled", "Cancelled", "Declined", "ConflictDetected"),
    *("moved by hand", "removed by hand", "refused", "mail failed"),
    *("booking killed", "connector killed", "notifier killed", "availability killed"),
}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600 + 2 * STEPS)]


async def test_after_a_random_walk_all_tell_one_story(tmp_path: Path) -> None:
    async with set_stage(tmp_path) as stage:
        history = await walk(stage, seed=SEED, steps=STEPS)
        _logger.info("%s", history.summary())
        await becomes_quiet(stage)
        facts = await gather(stage, history)

    assert STEPS < _LONG_ENOUGH or facts.met >= _TO_BE_MET, (
        f"the walk never met everything: {facts.met}"
    )
    assert not history.faults, f"seed {SEED}\n" + "\n".join(history.faults)
    found = differences(facts)
    assert not found, f"seed {SEED}, {STEPS} steps: {report(found, facts)}"
