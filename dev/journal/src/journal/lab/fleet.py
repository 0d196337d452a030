"""Journals on one database and one pair of topics, and the evidence of what they did."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

from entente_contracts import Topic
from entente_contracts.topics import dead_letter, redrive
from messaging.clients import Record
from messaging.settings import KafkaSettings, PostgresSettings
from pydantic import SecretStr
from stack import Stack, StartFailed
from stack.spans import Span, read_spans
from stack.workspace import Workspace

from journal.lab.eventually import eventually
from journal.lab.ledger import Ledger
from journal.lab.process import JournalProcess
from journal.lab.wire import Wire
from journal.messages import published_to

# The least that a Kafka broker grants (group.min.session.timeout.ms).
SESSION_SECONDS = 6

Source = Literal["notes", "copies"]

LARGEST_NOTE = 4 * 1024 * 1024


class Fleet:
    """Any number of journals that share a database and topics nobody else uses."""

    def __init__(
        self, name: str, workspace: Workspace, kafka: KafkaSettings, postgres: PostgresSettings
    ) -> None:
        self.notes = Topic(
            name=f"{name}.notes", key="note id", cleanup="compact", max_message_bytes=LARGEST_NOTE
        )
        self.copies = Topic(name=f"{name}.copies", key="note id", cleanup="compact")
        self.kafka = kafka
        self.ledger = Ledger(postgres)
        self.wire = Wire(kafka)
        self._name = name
        self._workspace = workspace
        self._postgres = postgres
        self._journals: list[JournalProcess] = []

    async def start(
        self,
        name: str = "journal",
        *,
        group: str | None = None,
        source: Source = "notes",
        failpoints: str = "",
        **settings: str | float,
    ) -> JournalProcess:
        """Start a journal and return it serving; `settings` are the journal's own, by their names.

        Without a group it only serves and relays. The topics a group needs are made.
        """
        journal = await self.prepare(
            name, group=group, source=source, failpoints=failpoints, **settings
        )
        await journal.program.start()
        return journal

    async def run_until_killed(
        self,
        name: str = "dying",
        *,
        group: str | None = None,
        batches: bool = False,
        failpoints: str,
    ) -> JournalProcess:
        """Start a journal whose failpoints kill it, perhaps before it is ready; return it dead.

        Fails, with what it logged, when it ended of something else.
        """
        journal = await self.prepare(name, group=group, batches=batches, failpoints=failpoints)
        with suppress(StartFailed):
            await journal.program.start()
        await eventually(journal.ended, bool)
        if not await journal.fired():
            ended = f"it ended with {journal.program.exit_code} before a failpoint fired"
            raise AssertionError(f"{ended}\n{journal.program.tail()}")
        return journal

    async def prepare(
        self,
        name: str = "journal",
        *,
        group: str | None = None,
        source: Source = "notes",
        failpoints: str = "",
        **settings: str | float,
    ) -> JournalProcess:
        """Return a journal that can be started; see `start`."""
        environment = self._environment() | {
            f"JOURNAL__{setting.upper()}": str(value) for setting, value in settings.items()
        }
        if group is not None:
            environment |= {"JOURNAL__GROUP": group, "JOURNAL__SOURCE": source}
            consumed = self._topic(source)
            await self.wire.create(dead_letter(consumed, group), redrive(consumed, group))
        journal = JournalProcess(
            f"{self._name}-{name}-{len(self._journals)}",
            self._workspace,
            environment | {"FAILPOINTS": failpoints},
        )
        self._journals.append(journal)
        return journal

    async def settle(self, group: str, source: Source = "notes", *, within: float = 60) -> None:
        """Wait until all that was written is published and the group has committed all of it.

        Fails, with what the journals logged last, when that takes longer.
        """

        async def waiting() -> tuple[int, int]:
            consumed = self._topic(source)
            return await self.ledger.outbox_size(), await self.wire.lag(consumed, group)

        try:
            await eventually(waiting, lambda seen: seen == (0, 0), within=within)
        except AssertionError as error:
            for journal in self._journals:
                error.add_note(f"{journal.program.name}:\n{journal.program.tail()}")
            raise

    async def dead_letters(self, group: str) -> list[Record]:
        """Return the notes that the group could not apply."""
        return await self.wire.records(dead_letter(self.notes, group))

    def spans(self) -> list[Span]:
        """Return the spans that the fleet's journals have exported."""
        return read_spans(self._spans)

    def logs(self) -> str:
        """Return all that the fleet's journals have logged."""
        return "".join(journal.log.read_text() for journal in self._journals)

    async def stop(self) -> None:
        """End every journal."""
        await asyncio.gather(*(journal.program.stop() for journal in self._journals))

    @property
    def _spans(self) -> Path:
        return self._workspace.path / f"{self._name}.spans"

    def _topic(self, source: Source) -> Topic:
        return self.notes if source == "notes" else self.copies

    def _environment(self) -> dict[str, str]:
        return {
            "JOURNAL_NOTES": self.notes.name,
            "JOURNAL_COPIES": self.copies.name,
            "JOURNAL__KAFKA__BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "JOURNAL__KAFKA__SESSION_TIMEOUT_SECONDS": str(SESSION_SECONDS),
            "JOURNAL__POSTGRES__DSN": self._postgres.dsn.get_secret_value(),
            "JOURNAL__TELEMETRY__SPANS_PATH": str(self._spans),
        }


@asynccontextmanager
async def open_fleet(stack: Stack, name: str) -> AsyncGenerator[Fleet]:
    """Yield a fleet on the stack's servers; `name` is new, and legal for topics and databases."""
    dsn = await stack.postgres.create_database(name)
    fleet = Fleet(
        name,
        stack.workspace,
        KafkaSettings(bootstrap_servers=stack.kafka.bootstrap_servers),
        PostgresSettings(dsn=SecretStr(dsn), pool_size=20),
    )
    with published_to(fleet.notes, fleet.copies):
        try:
            await fleet.wire.create(fleet.notes, fleet.copies)
            await fleet.ledger.create()
            yield fleet
        finally:
            await fleet.stop()
            await fleet.ledger.close()
