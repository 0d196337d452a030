"""The journal's database: what was written into it, and what consumers did in it."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from messaging.database import build_engine, build_sessions
from messaging.settings import PostgresSettings
from messaging.tables import inbox, outbox
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError

from journal import tables
from journal.notes import write

NumbersByNote = dict[UUID, list[int]]

_PAUSE_AFTER_FAILURE = 0.2


class Ledger:
    """Writes notes and reads the evidence.

    When nothing was lost, reordered or done twice, `copies` of a group equal `written`.
    """

    def __init__(self, settings: PostgresSettings) -> None:
        self._engine = build_engine(settings, application_name="ledger")
        self._sessions = build_sessions(self._engine)

    async def create(self) -> None:
        """Make the tables."""
        await tables.create(self._engine)

    async def close(self) -> None:
        """Disconnect."""
        await self._engine.dispose()

    async def write(self, note_id: UUID, text: str = "", *, times: int = 1) -> None:
        """Change a note, each time in a transaction of its own."""
        for _ in range(times):
            async with self._sessions.begin() as session:
                await write(session, note_id, text)

    async def write_side_by_side(
        self, notes: Sequence[UUID], *, writers: int, changes_each: int, at_once: int = 10
    ) -> None:
        """Let writers change the same notes at the same time, `at_once` in each transaction."""

        async def writer(seed: int) -> None:
            choice = random.Random(seed)  # noqa: S311  # repeatable, not secret
            for _ in range(changes_each // at_once):
                async with self._sessions.begin() as session:
                    for note_id in sorted(choice.sample(notes, at_once)):
                        await write(session, note_id)

        async with asyncio.TaskGroup() as group:
            for seed in range(writers):
                group.create_task(writer(seed))

    @asynccontextmanager
    async def under_load(self, notes: Sequence[UUID], *, per_second: int) -> AsyncGenerator[None]:
        """Change notes in turn during the block; what the database refuses is tried again."""
        load = asyncio.create_task(self._write_for_ever(notes, 1 / per_second))
        try:
            yield
        finally:
            load.cancel()
            await asyncio.wait([load])

    async def forget_unique_texts(self) -> None:
        """Mend what makes equal "unique …" notes fail."""
        async with self._sessions.begin() as session:
            await session.execute(delete(tables.unique_text))

    async def written(self) -> NumbersByNote:
        """Return the numbers of the changes of every note: 1 to its latest."""
        async with self._sessions() as session:
            rows = await session.execute(select(tables.note.c.note_id, tables.note.c.number))
            return {note_id: list(range(1, number + 1)) for note_id, number in rows}

    async def copies(self, group: str) -> NumbersByNote:
        """Return the numbers that a consumer group applied to every note, in order."""
        copy = tables.copy
        chosen = select(copy.c.note_id, copy.c.number).where(copy.c.consumer == group)
        numbers: NumbersByNote = defaultdict(list)
        async with self._sessions() as session:
            for note_id, number in await session.execute(chosen.order_by(copy.c.id)):
                numbers[note_id].append(number)
        return dict(numbers)

    async def outbox_size(self) -> int:
        """Count the events that wait for the relay."""
        async with self._sessions() as session:
            return (await session.execute(select(func.count()).select_from(outbox))).scalar_one()

    async def claims(self) -> int:
        """Count the events that consumers have claimed as theirs to handle."""
        async with self._sessions() as session:
            return (await session.execute(select(func.count()).select_from(inbox))).scalar_one()

    async def _write_for_ever(self, notes: Sequence[UUID], pause: float) -> None:
        while True:
            for note_id in notes:
                try:
                    await self.write(note_id)
                    await asyncio.sleep(pause)
                except (OSError, DBAPIError):
                    await asyncio.sleep(_PAUSE_AFTER_FAILURE)
