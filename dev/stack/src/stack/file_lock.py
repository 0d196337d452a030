"""A lock between processes that the kernel frees when its holder dies."""

import fcntl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from stack.polling import becomes_true


@asynccontextmanager
async def file_lock(path: Path) -> AsyncGenerator[None]:
    """Hold the lock on `path`, waiting without end for other processes and tasks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        await becomes_true(lambda: _try_lock(file.fileno()), every=0.05)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
