"""Rebuild the projections from the topics alone, while the service goes on.

Other tables are filled from the first record on, by the same use cases that fill the live ones.
When they have caught up, writers wait for a moment, the last records are read, and the new tables
take the place of the old ones. A record that a waiting writer then applies is known there already;
revisions make that harmless.
"""

import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from messaging import failpoints

_logger = logging.getLogger(__name__)

_NEARLY_THERE = 500
_MOST_ROUNDS = 20


class CannotCatchUpError(Exception):
    """Records come quicker than they can be applied: writers would have to wait too long."""


class Shadow(Protocol):
    """The tables that are being filled."""

    async def create(self) -> None:
        """Make them, empty; those that an interrupted rebuild left behind are dropped."""
        ...

    async def catch_up(self) -> int:
        """Apply what the topics hold by now; return how many records that were."""
        ...

    async def analyze(self) -> None:
        """Let the database know what they hold: answers come from them at once."""
        ...

    async def differences(self) -> Sequence[str]:
        """Return the names of the tables that are not the same as the live ones.

        What the live consumers have not come to yet is applied before: it makes no difference.
        """
        ...

    def switching(self) -> AbstractAsyncContextManager[None]:
        """Keep writers waiting within the block; at its end, take the live tables' place."""
        ...


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many records went into the new tables, and how many of them while writers waited.

    `differences` are the tables that were not the same before, as far as that was looked at.
    """

    records: int
    while_waiting: int
    differences: Sequence[str] = ()


async def rebuild(shadow: Shadow, *, compared: bool = False) -> Rebuilt:
    """Replace the projections by ones made from the topics alone.

    `compared` looks for differences while writers wait, which reads all of both, and the records
    that the live consumers have not come to yet.
    """
    await shadow.create()
    records = 0
    applied = 0
    for _ in range(_MOST_ROUNDS):
        applied = await shadow.catch_up()
        records += applied
        _logger.info("caught up", extra={"records": records})
        if applied <= _NEARLY_THERE:
            break
    else:
        raise CannotCatchUpError(f"{applied} records came while {records} were applied")
    await shadow.analyze()
    await failpoints.reach("rebuild.before_switch")
    async with shadow.switching():
        last = await shadow.catch_up()
        differences = await shadow.differences() if compared else ()
        await failpoints.reach("rebuild.while_switching")
    await failpoints.reach("rebuild.after_switch")
    return Rebuilt(records + last, last, differences)
