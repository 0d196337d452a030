"""The background task that turns marks into announcements."""

import asyncio
import logging
import time

from messaging.database import Sessions
from messaging.logs import type_name

from availability.adapters.announcement_rows import PostgresAnnouncements
from availability.adapters.turns import take_writers_turn
from availability.application.announce import announce
from availability.application.ports import Clock, HostReader
from availability.settings import AnnouncementSettings

_logger = logging.getLogger(__name__)


class Announcer:
    """Announces until cancelled; failures are logged and retried."""

    def __init__(
        self, sessions: Sessions, reader: HostReader, clock: Clock, pace: AnnouncementSettings
    ) -> None:
        self._sessions = sessions
        self._reader = reader
        self._clock = clock
        self._pace = pace

    async def run(self) -> None:
        """Look for marks at intervals, which grow with the work: requests come first."""
        while True:
            started = time.monotonic()
            try:
                await self.announce_some()
            except Exception as error:  # the marks stay and are looked at again
                _logger.warning("not announced, will retry: %s", type_name(error), exc_info=error)
            spent = time.monotonic() - started
            await asyncio.sleep(max(self._pace.interval_seconds, spent))

    async def announce_some(self) -> int:
        """Announce what changed for some hosts; return how many were looked at."""
        async with self._sessions.begin() as session:
            await take_writers_turn(session)
            return await announce(
                PostgresAnnouncements(session),
                self._reader,
                self._clock,
                most=self._pace.hosts_at_once,
            )
