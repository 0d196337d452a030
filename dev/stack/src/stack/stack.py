"""The stack itself: components in order, each started once."""

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from stack.component import Component
from stack.errors import StackError
from stack.kafka.broker import KafkaBroker
from stack.kafka.choice import choose_kafka
from stack.postgres.choice import choose_postgres
from stack.postgres.server import PostgresServer
from stack.settings import StackSettings
from stack.workspace import Workspace, open_workspace

_logger = logging.getLogger(__name__)

T = TypeVar("T")


class Stack:
    """A running local stack.

    Use it as an asynchronous context manager: it starts what the settings name, and leaves neither
    processes nor files behind. `announce` takes one-line notices for people.
    """

    def __init__(
        self,
        settings: StackSettings | None = None,
        *,
        announce: Callable[[str], None] = _logger.warning,
    ) -> None:
        self._settings = settings or StackSettings()
        self._announce = announce
        self._workspace: Workspace | None = None
        self._postgres: PostgresServer | None = None
        self._kafka: KafkaBroker | None = None

    @property
    def postgres(self) -> PostgresServer:
        """The database server."""
        return _started(self._postgres, "PostgreSQL")

    @property
    def kafka(self) -> KafkaBroker:
        """The broker."""
        return _started(self._kafka, "Kafka")

    @property
    def workspace(self) -> Workspace:
        """Where this stack keeps its files."""
        if self._workspace is None:
            raise StackError("the stack is not running")
        return self._workspace

    @property
    def components(self) -> tuple[Component, ...]:
        """What was started, in order."""
        return tuple(c for c in (self._postgres, self._kafka) if c)

    async def __aenter__(self) -> Self:
        """Start everything the settings name."""
        self._workspace = await open_workspace(self._announce)
        try:
            async with asyncio.TaskGroup() as group:
                if self._settings.postgres:
                    group.create_task(self.start_postgres())
                if self._settings.kafka:
                    group.create_task(self.start_kafka())
        except BaseExceptionGroup as failures:
            await self._stop()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop everything and remove all files."""
        await self._stop()

    async def start_postgres(self) -> PostgresServer:
        """Start PostgreSQL if the stack was entered without it; return it."""
        if self._postgres is None:
            self._postgres = choose_postgres(self._settings, self.workspace)
            await self._postgres.start()
        return self._postgres

    async def start_kafka(self) -> KafkaBroker:
        """Start Kafka if the stack was entered without it; return it."""
        if self._kafka is None:
            self._kafka = await choose_kafka(self._settings, self.workspace, self._announce)
            await self._kafka.start()
        return self._kafka

    async def _stop(self) -> None:
        await asyncio.gather(*(component.stop() for component in self.components))
        if self._workspace:
            self._workspace.remove()
            self._workspace = None


def _started(component: T | None, name: str) -> T:
    if component is None:
        raise StackError(f"this stack was started without {name}")
    return component
