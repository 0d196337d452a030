"""The doorbell: writers of the outbox ring a relay that sleeps, and only then.

A NOTIFY makes commits queue for a lock of the whole database, each until it is on disk: writers
that all ring commit one after another. A relay that is awake looks by itself.

The bell is an advisory lock. A writing transaction tries to share it (the trigger of the outbox
does): where it may, the relay is awake and gets to see its rows; where it may not, it rings. The
relay takes the lock whole before it sleeps, which no transaction that was let off can still be
about, and then looks once more.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

import asyncpg

from messaging.database import connect
from messaging.logs import type_name
from messaging.settings import PostgresSettings
from messaging.tables import OUTBOX_BELL, OUTBOX_CHANNEL

_logger = logging.getLogger(__name__)

_SWITCH_ON = f"SELECT pg_try_advisory_lock({OUTBOX_BELL})"
_SWITCH_OFF = f"SELECT pg_advisory_unlock({OUTBOX_BELL})"
_RECONNECT_SECONDS = 1.0


class Doorbell:
    """One relay's bell; of several relays' bells, one at a time is on, and all of them ring."""

    def __init__(self, postgres: PostgresSettings) -> None:
        self._postgres = postgres
        self._rung = asyncio.Event()
        self._connection: Any = None
        self.is_on = False

    async def run(self) -> None:
        """Listen until cancelled; while the connection is away the bell is off."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001  # ringing only saves time; the relay looks without it
                _logger.info("outbox listener lost: %s", type_name(error))
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def switch_on(self) -> bool:
        """Have writers ring from now on; what they wrote before is committed when this is True.

        False while somebody writes who was told not to ring, or another relay's bell is on.
        """
        if not self.is_on:
            self.is_on = await self._ask(_SWITCH_ON)
        return self.is_on

    async def switch_off(self) -> None:
        """Let writers off: somebody is looking."""
        if self.is_on:
            self.is_on = False
            await self._ask(_SWITCH_OFF)

    def clear(self) -> None:
        """Forget that it rang."""
        self._rung.clear()

    async def wait(self, seconds: float) -> None:
        """Return when it rings, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()

    async def _ask(self, question: str) -> bool:
        if self._connection is None:
            return False
        try:
            return bool(await self._connection.fetchval(question))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _logger.info("outbox listener lost: %s", type_name(error))
            self._connection.terminate()
            return False

    async def _listen(self) -> None:
        closed = asyncio.Event()
        connection = await connect(self._postgres, application_name="outbox-listener")
        try:
            connection.add_termination_listener(_calling(closed.set))
            await connection.add_listener(OUTBOX_CHANNEL, _calling(self._rung.set))
            self._connection = connection
            await closed.wait()
        finally:
            self._connection, self.is_on = None, False
            connection.terminate()


def _calling(function: Callable[[], None]) -> Callable[..., None]:
    def listener(*_: object) -> None:
        function()

    return listener
