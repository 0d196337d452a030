"""Consumers: at-least-once delivery, each effect once, no record lost, no partition blocked.

A service declares what it handles; everything else is done by `messaging.processing`:

    async def on_booking_confirmed(
        delivery: Delivery[BookingConfirmed], session: AsyncSession
    ) -> None: ...

    bookings = RecordConsumer(topics.BOOKING_EVENTS, group="notifier")
    bookings.on(BookingConfirmed, on_booking_confirmed)

The session's transaction already holds the inbox claim and commits when the handler returns.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from entente_contracts import Message, Topic, decode
from entente_contracts.topics import dead_letter, redrive
from sqlalchemy.ext.asyncio import AsyncSession

from messaging.delivery import Arrival, Decoder, Delivery, Tombstone

M = TypeVar("M", bound=Message)
Handler = Callable[[Delivery[M], AsyncSession], Awaitable[None]]
TombstoneHandler = Callable[[Tombstone, AsyncSession], Awaitable[None]]
BatchHandler = Callable[[Sequence[Arrival], AsyncSession], Awaitable[None]]

MAX_RECORD_BYTES = 1024 * 1024
MAX_DEAD_LETTERS_IN_A_ROW = 20


class Consumer(ABC):
    """What one consumer group does with one topic.

    Types without a handler are passed over, so a producer may add types; tombstones without a
    handler are passed over too.
    """

    def __init__(
        self,
        topic: Topic,
        *,
        group: str,
        max_record_bytes: int = MAX_RECORD_BYTES,
        max_dead_letters_in_a_row: int = MAX_DEAD_LETTERS_IN_A_ROW,
    ) -> None:
        self.topic = topic
        self.group = group
        self.max_record_bytes = max_record_bytes
        self.max_dead_letters_in_a_row = max_dead_letters_in_a_row

    @property
    def decoder(self) -> Decoder:
        """How bodies are read."""
        return decode

    @property
    def name(self) -> str:
        """The inbox name: one group may consume several topics."""
        return f"{self.group}:{self.topic.name}"

    @property
    def subscribed(self) -> tuple[str, str]:
        """The topic, and the one that brings this group's redriven records."""
        return self.topic.name, redrive(self.topic, self.group).name

    @property
    def required_topics(self) -> tuple[str, ...]:
        """Every topic that must exist for the consumer to run."""
        return *self.subscribed, dead_letter(self.topic, self.group).name

    @property
    @abstractmethod
    def accepted_types(self) -> AbstractSet[str]:
        """The `ce_type`s that have a handler."""

    @property
    @abstractmethod
    def accepts_tombstones(self) -> bool:
        """Whether records without a value are handled."""

    @property
    @abstractmethod
    def batch_size(self) -> int:
        """How many records share a transaction, at most."""

    @property
    def gathering_seconds(self) -> float:
        """For how long a record waits for others to share its transaction."""
        return 0.0

    @abstractmethod
    async def handle(self, arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        """Apply the arrivals, at most `batch_size`, within the session's transaction."""


class RecordConsumer(Consumer):
    """Handles record by record, each in a transaction of its own."""

    def __init__(self, topic: Topic, *, group: str, **limits: int) -> None:
        super().__init__(topic, group=group, **limits)
        self._handlers: dict[str, Handler[Any]] = {}
        self._on_tombstone: TombstoneHandler | None = None

    @property
    def accepted_types(self) -> AbstractSet[str]:
        """The `ce_type`s that have a handler."""
        return self._handlers.keys()

    @property
    def accepts_tombstones(self) -> bool:
        """Whether records without a value are handled."""
        return self._on_tombstone is not None

    @property
    def batch_size(self) -> int:
        """One record, one transaction."""
        return 1

    def on(self, message_type: type[M], handler: Handler[M]) -> None:
        """Register what happens on a type of message."""
        if message_type.type in self._handlers:
            raise ValueError(f"{message_type.type} has a handler already")
        self._handlers[message_type.type] = handler

    def on_tombstone(self, handler: TombstoneHandler) -> None:
        """Register what happens when a key's state ends."""
        self._on_tombstone = handler

    async def handle(self, arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        """Apply the arrivals within the session's transaction."""
        for arrival in arrivals:
            if not isinstance(arrival, Tombstone):
                await self._handlers[arrival.envelope.type](arrival, session)
            elif self._on_tombstone is not None:
                await self._on_tombstone(arrival, session)


class BatchConsumer(Consumer):
    """Handles many records in one transaction.

    The handler sees the arrivals of a partition in their order, each with what `decoder` made of
    its body; a record that cannot be read is not among them. When it fails for a reason that will
    not pass, the records are handled one by one to find the poison among them. Where nobody waits
    for the effect, `gathering_seconds` lets a record wait for others that come meanwhile, and
    share what handling costs.
    """

    def __init__(
        self,
        topic: Topic,
        *,
        group: str,
        accepts: Sequence[type[Message]],
        handler: BatchHandler,
        tombstones: bool = False,
        batch_size: int = 500,
        gathering_seconds: float = 0.0,
        decoder: Decoder = decode,
        **limits: int,
    ) -> None:
        super().__init__(topic, group=group, **limits)
        self._decoder = decoder
        self._accepted_types = frozenset(kind.type for kind in accepts)
        self._handler = handler
        self._tombstones = tombstones
        self._batch_size = batch_size
        self._gathering_seconds = gathering_seconds

    @property
    def decoder(self) -> Decoder:
        """How bodies are read."""
        return self._decoder

    @property
    def accepted_types(self) -> AbstractSet[str]:
        """The `ce_type`s that the handler takes."""
        return self._accepted_types

    @property
    def accepts_tombstones(self) -> bool:
        """Whether the handler takes records without a value."""
        return self._tombstones

    @property
    def batch_size(self) -> int:
        """How many records share a transaction, at most."""
        return self._batch_size

    @property
    def gathering_seconds(self) -> float:
        """For how long a record waits for others to share its transaction."""
        return self._gathering_seconds

    async def handle(self, arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        """Apply the arrivals within the session's transaction."""
        await self._handler(arrivals, session)
