"""Waking reminders when their time has come."""

import asyncio
import logging
from datetime import timedelta

from messaging.logs import type_name

from notifier.application.ports import Clock, Transaction
from notifier.application.post import Post
from notifier.application.remind import remind_due

_logger = logging.getLogger(__name__)


class Reminders:
    """Looks for due reminders until cancelled; any number of replicas may do so."""

    def __init__(
        self, transaction: Transaction, post: Post, clock: Clock, *, every: timedelta
    ) -> None:
        self._transaction = transaction
        self._post = post
        self._clock = clock
        self._every = every.total_seconds()

    async def run(self) -> None:
        """Remind of what is due; failures are logged and tried again."""
        while True:
            try:
                reminded = await remind_due(self._transaction, self._post, self._clock)
            except Exception as error:  # noqa: BLE001  # what is due stays due
                _logger.warning("nobody reminded, will retry: %s", type_name(error))
                reminded = 0
            if not reminded:
                await asyncio.sleep(self._every)
