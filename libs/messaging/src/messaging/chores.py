"""Work that a service does by itself, time and again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from messaging.logs import type_name

_logger = logging.getLogger(__name__)

Chore = Callable[[], Awaitable[object]]


async def repeat(chore: Chore, *, every_seconds: float, undone: str) -> None:
    """Do the chore until cancelled; a failure is logged as `undone` and left to the next time."""
    while True:
        try:
            await chore()
        except Exception as error:  # noqa: BLE001  # the next time is soon enough
            _logger.warning("%s: %s", undone, type_name(error))
        await asyncio.sleep(every_seconds)
