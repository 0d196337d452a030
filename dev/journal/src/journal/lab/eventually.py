"""Wait for what other processes bring about."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T]], accept: Callable[[T], bool], *, within: float = 60
) -> T:
    """Look again and again until `accept` holds of what is seen, and return that.

    Fails with the last sight when `within` seconds have passed.
    """
    deadline = time.monotonic() + within
    while True:
        seen = await look()
        if accept(seen):
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s; last seen: {str(seen)[:2000]}")
        await asyncio.sleep(0.1)
