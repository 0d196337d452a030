"""Worker processes that hostile calendars may exhaust without harm to the service."""

import asyncio
import hmac
import logging
import multiprocessing
import os
import resource as process_limits
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from messaging.logs import type_name

from connector.adapters.expansion.titles import list_titled
from connector.adapters.expansion.work import Task, list_busy, make_picture
from connector.application.expander import Basis, Picture, TitledOccurrence
from connector.domain.expansion import NotACalendar
from connector.domain.limits import LimitExceeded
from connector.domain.month_picture import Busy
from connector.domain.source import FailureKind, Resource, SourceFailure
from connector.domain.window import Window

_logger = logging.getLogger(__name__)

T = TypeVar("T")
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """How many workers, the address space of each in MiB, and seconds for one calendar."""

    workers: int = 2
    memory_mib: int = 1024
    seconds: float = 60.0


class Unforeseen(Exception):  # noqa: N818 - states the fact
    """What a worker stumbled over, by its type: an error of a library may not come across whole.

    One that cannot be unpickled breaks the pool, and with it the work of all others.
    """


class ExpansionPool:
    """An `Expander` over worker processes. Opaque ids come from `id_key`, one key per tenant."""

    def __init__(self, limits: PoolLimits, *, id_key: bytes) -> None:
        self._limits = limits
        self._id_key = id_key
        self._slots = asyncio.Semaphore(limits.workers)
        self._workers = self._hire()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Dismiss the workers."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    async def picture(self, resources: Sequence[Resource], basis: Basis) -> Picture:
        """Make the picture; raises `too_large` or `invalid_answer` rather than leave things out."""
        return await self._work(make_picture, self._task(resources, basis))

    async def busy(
        self, resources: Sequence[Resource], basis: Basis, window: Window
    ) -> Sequence[Busy]:
        """List what is not free in the window, unclipped."""
        return await self._work(list_busy, self._task(resources, basis), window)

    async def titled(
        self, resources: Sequence[Resource], basis: Basis, window: Window
    ) -> Sequence[TitledOccurrence]:
        """List what takes place in the window, by start."""
        return await self._work(list_titled, self._task(resources, basis), window)

    def _task(self, resources: Sequence[Resource], basis: Basis) -> Task:
        tenant_key = hmac.digest(self._id_key, basis.tenant_id.encode(), "sha256")
        return Task(resources=tuple(resources), basis=basis, tenant_key=tenant_key)

    async def _work(self, function: Callable[..., T], *args: object) -> T:
        # One calendar per worker in flight: what waits, waits here, as references only.
        async with self._slots:
            try:
                return await self._submit(_bounded, self._limits.seconds, function, *args)
            except NotACalendar:
                raise SourceFailure(FailureKind.INVALID_ANSWER, "not iCalendar") from None
            except LimitExceeded as error:
                raise SourceFailure(FailureKind.TOO_LARGE, f"limit: {error.which}") from None
            except (BrokenProcessPool, MemoryError, TimeoutError) as error:
                raise SourceFailure(FailureKind.TOO_LARGE, type(error).__name__) from None
            except Unforeseen as error:
                _logger.error("%s broke off: %s", function.__name__, error)  # noqa: TRY400 - its stack is the worker's
                raise SourceFailure(FailureKind.INVALID_ANSWER, str(error)) from None

    async def _submit(self, function: Callable[..., T], *args: object) -> T:
        """Run in a worker; when a worker dies, once more, as it may have died of another task."""
        workers = self._workers
        try:
            return await asyncio.wrap_future(workers.submit(function, *args))
        except BrokenProcessPool:
            if self._workers is workers:
                self._workers = self._hire()
            return await asyncio.wrap_future(self._workers.submit(function, *args))

    def _hire(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._limits.workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_settle_worker,
            initargs=(self._limits.memory_mib * _MIB,),
        )


def _bounded(seconds: float, function: Callable[..., T], *args: object) -> T:
    """Call the function; TimeoutError once the seconds are over, Unforeseen for what none names."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return function(*args)
    except (NotACalendar, LimitExceeded, MemoryError, TimeoutError):
        raise
    except Exception as error:  # noqa: BLE001 - it is named across the processes
        raise Unforeseen(type_name(error)) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _time_is_up(*_: object) -> None:
    raise TimeoutError


def _settle_worker(address_space: int) -> None:
    """Bound the worker's memory and time, and let it end with the service, however that ends."""
    process_limits.setrlimit(process_limits.RLIMIT_AS, (address_space, address_space))
    signal.signal(signal.SIGALRM, _time_is_up)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
