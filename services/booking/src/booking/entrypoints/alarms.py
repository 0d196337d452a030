"""Waking bookings when their time has come."""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

from messaging.logs import type_name
from opentelemetry import trace

from booking.application.services import Services
from booking.application.wake import wake_booking

_logger = logging.getLogger(__name__)
_tracer = trace.get_tracer("entente.booking")
_BATCH = 50
_AT_ONCE = 8
_REST = timedelta(seconds=10)


class Alarms:
    """Looks for due bookings until cancelled; any number of replicas may do so.

    A booking that could not be woken rests before it is tried again: neither it nor one for which
    somebody slow is asked keeps others from being woken.
    """

    def __init__(self, services: Services, *, every: timedelta) -> None:
        self._services = services
        self._every = every.total_seconds()
        self._resting: dict[UUID, datetime] = {}

    async def run(self) -> None:
        """Wake what is due; failures are logged and tried again."""
        while True:
            try:
                woken = await self.wake_due()
            except Exception as error:  # noqa: BLE001  # what is due stays due
                _logger.warning("due bookings not looked up: %s", type_name(error))
                woken = 0
            if woken < _BATCH:
                await asyncio.sleep(self._every)

    async def wake_due(self) -> int:
        """Wake a batch of due bookings; return how many were found."""
        now = self._services.now()
        self._resting = {it: until for it, until in self._resting.items() if until > now}
        due = await self._services.bookings.due(now, _BATCH, but=self._resting)
        places = asyncio.Semaphore(_AT_ONCE)

        async def wake(booking_id: UUID) -> None:
            async with places:
                await self._wake(booking_id)

        async with asyncio.TaskGroup() as group:
            for booking_id in due:
                group.create_task(wake(booking_id))
        return len(due)

    async def _wake(self, booking_id: UUID) -> None:
        with _tracer.start_as_current_span(
            "booking.wake", attributes={"entente.booking_id": str(booking_id)}
        ):
            try:
                await wake_booking(self._services, booking_id)
            except Exception as error:  # one booking must not stop the others
                self._resting[booking_id] = self._services.now() + _REST
                _logger.warning(
                    "booking not woken, will retry: %s", type_name(error), exc_info=error
                )
