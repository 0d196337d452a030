"""A chore that fails once is done the next time."""

import asyncio
import contextlib

import pytest
from messaging.chores import repeat

pytestmark = pytest.mark.unit


async def test_a_failure_is_left_to_the_next_time(caplog: pytest.LogCaptureFixture) -> None:
    done = asyncio.Event()
    times: list[None] = []

    async def sweep() -> None:
        times.append(None)
        if len(times) == 1:
            raise ValueError("guest-at-example.org")
        done.set()

    task = asyncio.create_task(repeat(sweep, every_seconds=0, undone="nothing swept"))
    await done.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert [record.getMessage() for record in caplog.records] == ["nothing swept: ValueError"]
