"""Guests who book and cancel, come what may: new ones arrive at a steady pace, none waits."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

import httpx
from bookable import Booking, Offer, new_guest
from stage import Stage
from walk.history import Asked

_logger = logging.getLogger(__name__)

_A_SECOND = 1.0
_FEWEST_VISITS = 30
_RETRY_AFTER_SECONDS = 1.0
_PATIENCE_SECONDS = 120.0
_STANDING = {"confirmed", "recorded_only"}
_FIRST_DAY, _LAST_DAY = timedelta(days=2), timedelta(days=58)


@dataclass
class Crowd:
    """What a crowd did. `retried` and `failed` are requests that got no answer the first time.

    A request is made once more after a second with the same idempotency key, as a client would.
    """

    stage: Stage
    booked: int = 0
    cancelled: int = 0
    refused: int = 0
    retried: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])
    _times: Iterator[tuple[Offer, datetime]] = field(init=False)

    def __str__(self) -> str:
        return "\n".join(
            (
                f"booked {self.booked}, cancelled {self.cancelled}, refused {self.refused}",
                *(f"once more: {one}" for one in self.retried),
                *(f"failed: {one}" for one in self.failed),
            )
        )

    async def arrive(self, until: asyncio.Event) -> None:
        """Let guests arrive until told otherwise, but some; return when the last has gone."""
        self._times = await _free_times(self.stage)
        began = time.monotonic()
        async with asyncio.TaskGroup() as guests:
            number = 0
            while number < _FEWEST_VISITS or not until.is_set():
                guests.create_task(self._visit(number))
                number += 1
                await asyncio.sleep(max(0.0, began + number / _A_SECOND - time.monotonic()))

    async def _visit(self, number: int) -> None:
        """Book; every tenth guest wants what another one wants, every third changes their mind."""
        offer, start = next(self._times)
        contested = number % 10 == 0
        guests = [new_guest(), new_guest()] if contested else [new_guest()]
        booked = await asyncio.gather(*(self._book(offer, start, guest) for guest in guests))
        if contested and booked.count(None) != 1:
            self.failed.append(f"{start}: {booked.count(None)} of two guests were turned away")
        if number % 3 == 0:
            for booking in filter(None, booked):
                await self._cancel(booking)

    async def _book(self, offer: Offer, start: datetime, guest: str) -> Booking | None:
        key = uuid4().hex
        answer = await self._insist("book", lambda: offer.ask(start, guest=guest, key=key))
        if answer is None:
            return None
        if answer.status_code == HTTPStatus.CONFLICT:
            self.refused += 1
            self.stage.asked.append(Asked(guest, None, "taken"))
            return None
        if answer.status_code != HTTPStatus.CREATED:
            self.failed.append(f"book: {answer.status_code} {answer.text}")
            return None
        self.booked += 1
        booking = Booking(self.stage.release, answer.json()["id"], guest)
        self.stage.asked.append(Asked(guest, booking.id, "booked"))
        return booking

    async def _cancel(self, booking: Booking) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            seen = await self._insist("look", booking.look)
            if seen is not None and seen.is_success and seen.json()["status"] in _STANDING:
                break
            if time.monotonic() > deadline:
                self.failed.append(f"{booking.id} is not confirmed: {seen and seen.text}")
                return
            await asyncio.sleep(1)
        key = uuid4().hex
        answer = await self._insist("cancel", lambda: booking.act("guest", "cancel", key=key))
        if answer is not None and answer.status_code != HTTPStatus.OK:
            self.failed.append(f"cancel: {answer.status_code} {answer.text}")
        self.cancelled += 1

    async def _insist(
        self, what: str, ask: Callable[[], Awaitable[httpx.Response]]
    ) -> httpx.Response | None:
        fault = await self._fault_of(ask)
        if isinstance(fault, httpx.Response):
            return fault
        self.retried.append(f"{datetime.now(UTC):%H:%M:%S.%f} {what}: {fault}")
        await asyncio.sleep(_RETRY_AFTER_SECONDS)
        again = await self._fault_of(ask)
        if isinstance(again, httpx.Response):
            return again
        self.failed.append(f"{datetime.now(UTC):%H:%M:%S.%f} {what}: {fault}, then {again}")
        return None

    @staticmethod
    async def _fault_of(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response | str:
        """Return an answer, or what there was instead of one."""
        try:
            answer = await ask()
        except httpx.TransportError as error:
            return f"{type(error).__name__}: {error}"
        if answer.is_server_error:
            return f"{answer.status_code} {answer.text}"
        return answer


@asynccontextmanager
async def crowd(stage: Stage) -> AsyncGenerator[Crowd]:
    """Have guests come for the length of the block, and wait until the last has gone."""
    visitors, enough = Crowd(stage), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(visitors.arrive(enough))
        try:
            yield visitors
        finally:
            enough.set()
    _logger.info("%s", visitors)


async def _free_times(stage: Stage) -> Iterator[tuple[Offer, datetime]]:
    """Return times that nobody has asked for, by turns of each host."""
    now = datetime.now(UTC)
    free = [await offer.slots(now + _FIRST_DAY, now + _LAST_DAY) for offer in stage.offers]
    turns = zip(*free, strict=False)
    return (pair for starts in turns for pair in zip(stage.offers, starts, strict=True))
