"""The walk: operations side by side, so that they meet."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import TypeAlias

from walk.doors import Doors
from walk.history import Deed, History
from walk.mishaps import Mishaps
from walk.owners import Owners
from walk.parties import Parties
from walk.script import chances, script
from walk.stage import Stage

_SIDE_BY_SIDE = 8
_LONGEST_PAUSE = 1.0

Operation: TypeAlias = Callable[[Random], Awaitable[tuple[str | None, str]]]


async def walk(stage: Stage, *, seed: int, steps: int) -> History:
    """Make `steps` operations, eight at a time; return what was done when all have ended."""
    history = History()
    operations = _operations(stage, history)
    todo = zip(range(steps), script(seed, steps), chances(seed, steps), strict=True)

    async def walker(todo: Iterator[tuple[int, str, Random]]) -> None:
        for number, what, chance in todo:
            began = datetime.now(UTC)
            booking, outcome = await operations[what](chance)
            history.deeds.append(
                Deed(number, began, datetime.now(UTC), what, outcome, booking or None)
            )
            await asyncio.sleep(chance.uniform(0, _LONGEST_PAUSE))

    async with asyncio.TaskGroup() as walkers:
        for _ in range(_SIDE_BY_SIDE):
            walkers.create_task(walker(todo))
    return history


def _operations(stage: Stage, history: History) -> dict[str, Operation]:
    parties = Parties(stage, history, Doors(stage.entente.booking, history))
    owners, mishaps = Owners(stage, history), Mishaps(stage, history)

    return {
        "book": parties.book,
        "propose": parties.propose,
        "invite": parties.invite,
        "confirm": parties.confirm,
        "decline": parties.decline,
        "reschedule": parties.reschedule,
        "hand over": parties.hand_over,
        "cancel": parties.cancel,
        "quarrel": parties.quarrel,
        "look": parties.look,
        "move in the calendar": owners.move,
        "delete in the calendar": owners.delete,
        "retitle in the calendar": owners.retitle,
        "add a foreign event": owners.add_foreign,
        "remove a foreign event": owners.remove_foreign,
        "change the feed": owners.change_feed,
        "fail a mail": mishaps.fail_mail,
        "kill a service": mishaps.kill,
    }
