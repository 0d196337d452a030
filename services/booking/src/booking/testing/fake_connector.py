"""A connector that answers commands as it is told to, on the real topics."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from aiokafka import TopicPartition
from entente_contracts import (
    CalendarConnected,
    CalendarFault,
    CalendarState,
    CalendarStatus,
    Capabilities,
    Conferencing,
    Conflict,
    EntryCommand,
    EntryDelivery,
    EntryEvent,
    EntryFailed,
    EntryMoved,
    EntryRefused,
    EntryRemoved,
    EntryWritten,
    Envelope,
    Horizon,
    Message,
    Provider,
    RefusalReason,
    RemoveEntry,
    TimeRange,
    Topic,
    WriteEntry,
    decode,
    encode,
    envelope_for,
)
from entente_contracts.topics import CALENDAR_COMMANDS
from messaging.broker import build_producer, build_reader
from messaging.settings import KafkaSettings

_CLIENT = "fake-connector"
_POLL_MS = 200


class Answer(Enum):
    """What the calendar does with an entry."""

    WRITE = "write"
    MAIL = "mail"
    REFUSE = "refuse"
    FAIL = "fail"
    SILENCE = "silence"


@dataclass
class FakeConnector:
    """Notes every command and answers by calendar; WRITE where nothing else is said.

    With `calendars` it leaves those of others alone: several can share a broker.
    """

    kafka: KafkaSettings
    answers: dict[UUID, Answer] = field(default_factory=dict[UUID, Answer])
    conflicts: tuple[Conflict, ...] = ()
    """What it says it found where it refuses."""
    commands: list[EntryCommand] = field(default_factory=list[EntryCommand])
    calendars: set[UUID] | None = None

    async def run(self) -> None:
        """Follow the commands from now on, until cancelled."""
        reader = build_reader(self.kafka, client_id=_CLIENT, group=None)
        await reader.start()
        try:
            partitions = [
                TopicPartition(CALENDAR_COMMANDS.name, n)
                for n in range(CALENDAR_COMMANDS.partitions)
            ]
            reader.assign(partitions)
            for partition, end in (await reader.end_offsets(partitions)).items():
                reader.seek(partition, end)
            self.ready.set()
            while True:
                fetched = await reader.getmany(timeout_ms=_POLL_MS)
                for record in (one for records in fetched.values() for one in records):
                    await self._obey(record)
        finally:
            await reader.stop()

    def __post_init__(self) -> None:
        """Prepare to tell when it listens."""
        self.ready = asyncio.Event()

    def of(self, booking_id: UUID, kind: type[EntryCommand]) -> list[EntryCommand]:
        """Return the commands of a kind about a booking, each once."""
        found = {c.command_id: c for c in self.commands if c.booking_id == booking_id}
        return [command for command in found.values() if isinstance(command, kind)]

    async def move(self, written: EntryCommand, slot: TimeRange) -> None:
        """Tell that somebody moved the entry by hand."""
        await self.send(EntryMoved(**_about(written, None), slot=slot))

    async def delete(self, written: EntryCommand) -> None:
        """Tell that somebody deleted the entry by hand."""
        await self.send(EntryRemoved(**_about(written, None)))

    async def send(self, *messages: Message) -> None:
        """Publish messages as a service's relay would."""
        producer = build_producer(self.kafka, client_id=_CLIENT)
        await producer.start()
        try:
            for message in messages:
                envelope = envelope_for(message, source="/connector", time=datetime.now(UTC))
                await _send(producer, message.topic, encode(message), envelope)
        finally:
            await producer.stop()

    async def _obey(self, record: Any) -> None:
        try:
            command = decode(Envelope.from_headers(record.headers).type, record.value)
        except (ValueError, LookupError):
            return  # other tests on this broker publish what nobody can read
        if not isinstance(command, EntryCommand) or not self._serves(command):
            return
        self.commands.append(command)
        event = self._answer(command)
        if event is not None:
            await self.send(event)

    def _serves(self, command: EntryCommand) -> bool:
        return self.calendars is None or command.calendar_id in self.calendars

    def _answer(self, command: EntryCommand) -> EntryEvent | None:
        about = _about(command, command.command_id)
        if isinstance(command, RemoveEntry):
            return EntryRemoved(**about)
        answer = self.answers.get(command.calendar_id, Answer.WRITE)
        looks = isinstance(command, WriteEntry) and command.last_look is not None
        if answer is Answer.SILENCE:
            return None
        if answer is Answer.FAIL:
            return EntryFailed(**about, reason=CalendarFault.GONE, permanent=True)
        if answer is Answer.REFUSE and looks:
            reason = RefusalReason.BUSY_EXTERNAL
            return EntryRefused(**about, reason=reason, conflicts=self.conflicts)
        by_mail = answer is Answer.MAIL
        delivery = EntryDelivery.MAIL if by_mail else EntryDelivery.CALENDAR
        return EntryWritten(**about, delivery=delivery)


@asynccontextmanager
async def a_fake_connector(
    kafka: KafkaSettings, *, calendars: set[UUID] | None = None
) -> AsyncGenerator[FakeConnector]:
    """Yield a connector that listens, for these calendars or for all."""
    connector = FakeConnector(kafka, calendars=calendars)
    task = asyncio.create_task(connector.run())
    try:
        await connector.ready.wait()
        yield connector
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def connected(
    host_id: UUID, *, tenant_id: str = "acme", writable: bool = True, holds: bool = False
) -> CalendarConnected:
    """Return the news that a host connected a calendar, which is the default one."""
    state = CalendarState(
        calendar_id=uuid4(),
        connection_id=uuid4(),
        host_id=host_id,
        provider=Provider.GOOGLE if writable else Provider.ICS,
        name="Work",
        capabilities=Capabilities(
            read=True,
            write=writable,
            holds=holds,
            push=False,
            delta=True,
            freebusy_only=False,
            conferencing=Conferencing.NONE,
            two_way=writable,
            sends_own_invites=False,
            max_staleness_seconds=900,
        ),
        blocks_availability=True,
        visible_to_owner=True,
        is_default=True,
        status=CalendarStatus.CONNECTED,
        horizon=Horizon(first="2026-11", last="2027-12"),
        revision=1,
        changed_at=datetime.now(UTC),
    )
    return CalendarConnected(tenant_id=tenant_id, calendar=state)


async def eventually(look: Callable[[], Any], *, within: float = 30.0) -> Any:
    """Call and await `look` until it returns something true; return that."""
    async with asyncio.timeout(within):
        while not (seen := await look()):  # noqa: ASYNC110  # what changes is elsewhere
            await asyncio.sleep(0.05)
        return seen


async def _send(producer: Any, topic: Topic, value: bytes, envelope: Envelope) -> None:
    await producer.send_and_wait(
        topic.name, value, key=envelope.partition_key.encode(), headers=envelope.to_headers()
    )


def _about(command: EntryCommand, command_id: UUID | None) -> dict[str, Any]:
    return {
        "tenant_id": command.tenant_id,
        "booking_id": command.booking_id,
        "calendar_id": command.calendar_id,
        "booking_revision": command.booking_revision,
        "uid": command.uid,
        "sequence": command.sequence,
        "option_id": command.option_id,
        "command_id": command_id,
        "occurred_at": datetime.now(UTC),
    }
