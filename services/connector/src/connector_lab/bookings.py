"""The booking service, as the connector knows it: it commands entries and hears what became."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TypeVar, cast
from uuid import UUID, uuid4

from connector.adapters.postgres.store import store_in
from connector.application.services import Services
from connector.application.store import Origin
from connector.application.take_entry_command import take_entry_command
from connector.domain.entry_policy import EntryPolicy
from entente_contracts import (
    EntryCommand,
    EntryEvent,
    EntryStatus,
    LastLook,
    Party,
    RemoveEntry,
    WriteEntry,
    envelope_for,
    uuid7,
)
from messaging.database import Sessions
from messaging.outbox import Outbox

from connector_lab.feeds import at
from connector_lab.lab import Lab

E = TypeVar("E", bound=EntryEvent)


@dataclass(frozen=True)
class TestBooking:
    """One booking with an entry in one calendar, as `revision` wants it."""

    __test__ = False

    lab: Lab
    calendar_id: UUID
    start: datetime = field(default_factory=lambda: at(9))
    booking_id: UUID = field(default_factory=uuid7)
    uid: str = field(default_factory=lambda: f"{uuid4()}@entente.example")
    revision: int = 1
    sequence: int = 0

    @property
    def name(self) -> str:
        """Where the entry is stored."""
        return f"{self.uid}.ics"

    @property
    def end(self) -> datetime:
        """An hour after the start."""
        return self.start + timedelta(hours=1)

    def moved(self, start: datetime) -> "TestBooking":
        """Return the next revision, at another time."""
        return replace(self, start=start, revision=self.revision + 1, sequence=self.sequence + 1)

    def later(self) -> "TestBooking":
        """Return the next revision."""
        return replace(self, revision=self.revision + 1)

    def write(
        self,
        *looked_at: UUID | str,
        status: EntryStatus = EntryStatus.CONFIRMED,
        buffer: timedelta = timedelta(),
    ) -> WriteEntry:
        """Return the command to write the entry, once these calendars are looked at."""
        look = LastLook(
            calendar_ids=tuple(UUID(str(one)) for one in looked_at),
            start=self.start - buffer,
            end=self.end + buffer,
        )
        return WriteEntry(
            tenant_id="acme",
            command_id=UUID(int=self.booking_id.int ^ self.revision),
            booking_id=self.booking_id,
            calendar_id=self.calendar_id,
            booking_revision=self.revision,
            uid=self.uid,
            sequence=self.sequence,
            status=status,
            start=self.start,
            end=self.end,
            timezone="Europe/Paris",
            summary="Tea with the guest",
            organizer=Party(name="Anna", address="anna@example.com"),
            attendees=(Party(name="Guest", address="guest@example.org"),),
            last_look=look if looked_at else None,
        )

    def remove(self) -> RemoveEntry:
        """Return the command to remove the entry."""
        return RemoveEntry(
            tenant_id="acme",
            command_id=UUID(int=self.booking_id.int ^ self.revision),
            booking_id=self.booking_id,
            calendar_id=self.calendar_id,
            booking_revision=self.revision,
            uid=self.uid,
            sequence=self.sequence,
        )

    def heard(self, kind: type[E]) -> list[E]:
        """Return what the connector said of this booking so far."""
        return self.lab.log.of(kind, self.booking_id)

    async def hears(self, kind: type[E], *, times: int = 1) -> E:
        """Wait until the connector has said so, and return the latest."""
        await self.lab.log.until(lambda: len(self.heard(kind)) >= times)
        return self.heard(kind)[-1]


async def send(lab: Lab, *commands: EntryCommand) -> None:
    """Put commands on their topic, each as a message of its own."""
    async with lab.sessions.begin() as session:
        for command in commands:
            await Outbox("/tests").add(session, command)


def in_utc(moment: datetime) -> str:
    """Spell a time as entries hold it."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


async def intend(sessions: Sessions, command: EntryCommand, *, traceparent: str = "") -> None:
    """Keep a command as if it had come from Kafka, where the connectors of all tests listen."""
    services = cast(
        "Services",
        SimpleNamespace(now=lambda: datetime.now(UTC), entry_policy=EntryPolicy()),
    )
    envelope = envelope_for(command, source="/tests", time=datetime.now(UTC))
    headers = envelope.to_text()
    async with sessions.begin() as session:
        origin = Origin({**headers, **({"traceparent": traceparent} if traceparent else {})})
        await take_entry_command(services, store_in(session), command, origin)
