"""The clock: calendars that are due are read, as many at once as the settings allow."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from messaging.database import connect
from messaging.logs import type_name
from messaging.settings import PostgresSettings

from connector.adapters.postgres.leases import Leases
from connector.adapters.postgres.sync_states import DUE_CHANNEL
from connector.domain.sync_state import Lease

_logger = logging.getLogger(__name__)

_LONGEST_SLEEP_SECONDS = 15.0
_SHORTEST_SLEEP_SECONDS = 0.2
_RECONNECT_SECONDS = 2.0

Sync = Callable[[Lease], Awaitable[object]]


class Scheduler:
    """Hands due calendars to `sync`, woken by NOTIFY and by the time of the next one."""

    def __init__(
        self, leases: Leases, sync: Sync, *, postgres: PostgresSettings, concurrency: int
    ) -> None:
        self._leases = leases
        self._sync = sync
        self._postgres = postgres
        self._free = concurrency
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled; what is under way then is given back."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._dispatch_for_ever(tasks))

    async def _dispatch_for_ever(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._wake.clear()
            try:
                pause = await self._dispatch(tasks)
            except Exception as error:  # the calendars stay due
                _logger.warning("no calendars claimed: %s", type_name(error), exc_info=error)
                pause = _RECONNECT_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    async def _dispatch(self, tasks: asyncio.TaskGroup) -> float:
        """Claim what there is room for; return how long to sleep unless woken, in seconds."""
        if not self._free:
            return _LONGEST_SLEEP_SECONDS
        for lease in await self._leases.claim(self._free):
            self._free -= 1
            tasks.create_task(self._work(lease))
        due_in = await self._leases.seconds_to_next()
        longest = _LONGEST_SLEEP_SECONDS if due_in is None else min(due_in, _LONGEST_SLEEP_SECONDS)
        return max(longest, _SHORTEST_SLEEP_SECONDS)

    async def _work(self, lease: Lease) -> None:
        try:
            await self._sync(lease)
        except asyncio.CancelledError:
            await self._leases.release(lease)
            raise
        except Exception:  # one calendar's failure is not the others'
            _logger.exception(
                "sync broke off, it is tried again when its lease ends",
                extra={"calendar_id": str(lease.calendar_id)},
            )
        finally:
            self._free += 1
            self._wake.set()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except Exception as error:  # noqa: BLE001 - the timer goes on meanwhile
                _logger.warning("not listening for due calendars: %s", type_name(error))
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _on_due(self, *_: object) -> None:
        self._wake.set()

    async def _listen_once(self) -> None:
        connection = await connect(self._postgres, application_name="connector-scheduler")
        lost = asyncio.Event()
        try:

            def on_lost(_: object) -> None:
                lost.set()

            connection.add_termination_listener(on_lost)
            await connection.add_listener(DUE_CHANNEL, self._on_due)
            self._wake.set()
            await lost.wait()
        finally:
            await connection.close(timeout=1)
