"""Pauses grow to a bound, and end when nobody waits any more."""

import asyncio

import pytest
from messaging import backoff

pytestmark = pytest.mark.unit


def test_pauses_grow_to_a_bound_and_never_end_the_process() -> None:
    assert backoff.seconds_after(1) <= 0.1
    assert 2.5 <= backoff.seconds_after(10) <= 5
    assert 2.5 <= backoff.seconds_after(100_000) <= 5


async def test_a_pause_ends_with_what_it_belongs_to() -> None:
    ending = asyncio.Event()
    pausing = asyncio.create_task(backoff.pause(100, ending))
    await asyncio.sleep(0)
    ending.set()
    async with asyncio.timeout(1):
        await pausing
