"""Waits for what nobody tells."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[bool]], *, every: float) -> None:
    """Look until it holds, with so many seconds between two looks."""
    while True:
        if await holds():
            return
        await asyncio.sleep(every)
