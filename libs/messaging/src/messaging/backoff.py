"""Pauses between attempts: short at first, longer with each, never long."""

import asyncio
import contextlib
import random

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 5.0
_DOUBLINGS = 10  # beyond it the bound holds, and 2**n would leave what a float can hold


def seconds_after(failures: int) -> float:
    """Return how long to wait after so many failures in a row, with jitter."""
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(failures, _DOUBLINGS))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  # jitter, not a secret


async def pause(failures: int, ending: asyncio.Event) -> None:
    """Wait after so many failures in a row, no longer than until `ending` is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds_after(failures)):
            await ending.wait()
