"""Wait for what nobody tells us."""

import asyncio
import time
from collections.abc import Callable


async def becomes_true(
    condition: Callable[[], bool], *, within: float | None = None, every: float = 0.02
) -> bool:
    """Look until `condition` holds; return False after `within` seconds (None: never give up)."""
    deadline = None if within is None else time.monotonic() + within
    while True:
        if condition():
            return True
        if deadline is not None and time.monotonic() > deadline:
            return False
        await asyncio.sleep(every)
