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

_LONG = 1000
_MET_BY_ALL = {"Proposed", "Confirmed", "Rescheduled", "Cancelled", "moved by hand"}
_MET_BY_LONG_ONES = {
    *("Declined", "Expired", "ConflictDetected", "refused", "removed by hand", "mail failed"),
    *("booking killed", "connector killed", "notifier killed", "availability killed"),
}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600 + 2 * STEPS)]


async def test_after_a_random_walk_all_tell_one_story(tmp_path: Path) -> None:
    async with set_stage(tmp_path) as stage:
        history = await walk(stage, seed=SEED, steps=STEPS)
        _logger.info("%s", history.summary())
        await becomes_quiet(stage)
        facts = await gather(stage, history)

    assert not history.faults, f"seed {SEED}\n" + "\n".join(history.faults)
    found = differences(facts)
    assert not found, f"seed {SEED}, {STEPS} steps: {report(found, facts)}"
    to_be_met = _MET_BY_ALL | _MET_BY_LONG_ONES if STEPS >= _LONG else _MET_BY_ALL
    assert to_be_met <= facts.met, f"a walk past what it is for: {to_be_met - facts.met}"
