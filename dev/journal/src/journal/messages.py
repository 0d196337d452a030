"""What the journal publishes."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID

from entente_contracts import Event, Topic
from entente_contracts.message import PersonalData

NOTES = Topic(
    name=os.environ.get("JOURNAL_NOTES", "journal.notes.v1"), key="note id", cleanup="compact"
)
COPIES = Topic(
    name=os.environ.get("JOURNAL_COPIES", "journal.copies.v1"), key="note id", cleanup="compact"
)


class Noted(Event):
    """A note was written or changed; `number` counts its changes from 1."""

    type: ClassVar[str] = "entente.journal.noted.v1"
    topic: ClassVar[Topic] = NOTES
    personal_data: ClassVar[PersonalData] = PersonalData.NONE

    note_id: UUID
    number: int
    text: str = ""

    def key(self) -> str:
        """Return the note's id."""
        return str(self.note_id)

    def subject(self) -> str:
        """Return the note's id."""
        return str(self.note_id)

    def version(self) -> int:
        """Return the number of the change."""
        return self.number


class Copied(Noted):
    """A consumer applied a note."""

    type: ClassVar[str] = "entente.journal.copied.v1"
    topic: ClassVar[Topic] = COPIES


@contextmanager
def published_to(notes: Topic, copies: Topic) -> Generator[None]:
    """Send what this process publishes to other topics within the block."""
    before = Noted.topic, Copied.topic
    Noted.topic, Copied.topic = notes, copies
    try:
        yield
    finally:
        Noted.topic, Copied.topic = before
