"""The entry of a booking in a calendar: what is wanted of it, and what became of that.

An entry is known by calendar and UID. Commands about it are numbered by the booking's revision: an
older one than the last changes nothing, the same one again asks for the same answer again.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from connector.domain.calendar import Fault
from connector.domain.entry_draft import EntryDraft, LookBefore
from connector.domain.entry_writing import EntryRef, StandingEntry, WrittenEntry
from connector.domain.window import Window


class EntryState(StrEnum):
    """What became of the last command."""

    PENDING = "pending"
    WRITTEN = "written"
    BY_MAIL = "by_mail"
    """The calendar cannot be written; its owner is mailed an invitation."""
    REFUSED = "refused"
    FAILED = "failed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCommand:
    """What is wanted: the draft, or with None that there be no entry.

    `id` names the effect. Past `give_up_at` it is not tried any more.
    """

    id: UUID
    tenant_id: str
    calendar_id: UUID
    booking_id: UUID
    option_id: UUID | None
    uid: str
    revision: int
    sequence: int
    draft: EntryDraft | None
    look: LookBefore | None
    give_up_at: datetime

    @property
    def is_removal(self) -> bool:
        """Whether the entry is to be absent."""
        return self.draft is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The last command, and how far it has come.

    `generation` counts the commands taken. `name` and `version` are the source's for what it
    holds; `stands` is when it takes place there as far as is known, None where nothing stands.
    `fault` is what kept the last attempt from its effect. A lease is one worker's right to carry
    the command out.
    """

    command: EntryCommand
    state: EntryState = EntryState.PENDING
    generation: int = 1
    attempts: int = 0
    next_attempt_at: datetime | None = None
    lease: UUID | None = None
    fault: Fault | None = None
    name: str | None = None
    version: str | None = field(default=None, repr=False)
    stands: Window | None = None
    settled_at: datetime | None = None

    @property
    def ref(self) -> EntryRef:
        """What names the entry at its source."""
        return EntryRef(uid=self.command.uid, name=self.name)

    @property
    def is_pending(self) -> bool:
        """Whether the last command has still to take effect."""
        return self.state is EntryState.PENDING

    @property
    def was_tried(self) -> bool:
        """Whether something may stand in the calendar that nobody noted."""
        return self.name is not None or self.attempts > 1

    def take(self, command: EntryCommand, now: datetime) -> "Entry":
        """Replace the command, due at once; an attempt under way is carried out once more."""
        return replace(
            self,
            command=command,
            state=EntryState.PENDING,
            generation=self.generation + 1,
            attempts=0,
            next_attempt_at=now,
            fault=None,
        )

    def restate(self, command: EntryCommand, now: datetime) -> "Entry":
        """Take over what a pending command says by now; its attempts go on as planned.

        Without the last look it is due: what may have stood in its way does so no more.
        """
        if command.is_removal:
            command = replace(command, give_up_at=self.command.give_up_at)
        if command == self.command:
            return self
        due = now if command.look != self.command.look else self.next_attempt_at
        return replace(self, command=command, generation=self.generation + 1, next_attempt_at=due)

    def written(self, as_written: WrittenEntry | StandingEntry, now: datetime) -> "Entry":
        """Note that the calendar holds the entry."""
        draft = self.command.draft
        return self._settle(
            EntryState.WRITTEN,
            now,
            name=as_written.name,
            version=as_written.version,
            stands=draft.window if draft else None,
        )

    def left_to_mail(self, now: datetime) -> "Entry":
        """Note that a mail has to do."""
        draft = self.command.draft
        return self._settle(EntryState.BY_MAIL, now, stands=draft.window if draft else None)

    def refused(self, now: datetime) -> "Entry":
        """Note that the last look found the time taken; what stood before stands still."""
        return self._settle(EntryState.REFUSED, now)

    def failed(self, fault: Fault, now: datetime) -> "Entry":
        """Note that the command will never take effect."""
        return self._settle(EntryState.FAILED, now, fault=fault)

    def removed(self, now: datetime) -> "Entry":
        """Note that nothing stands in the calendar."""
        return self._settle(EntryState.REMOVED, now, name=None, version=None, stands=None)

    def retried(self, fault: Fault, now: datetime, wait: timedelta) -> "Entry":
        """Plan the next attempt."""
        return replace(self, fault=fault, next_attempt_at=now + wait, lease=None)

    def taken_up_again(self, now: datetime) -> "Entry":
        """End an attempt whose command was replaced meanwhile; the new one is due."""
        return replace(self, lease=None, next_attempt_at=now)

    def moved(self, stands: Window) -> "Entry":
        """Note that somebody moved it in the provider's own app."""
        return replace(self, stands=stands)

    def _settle(self, state: EntryState, now: datetime, **changes: object) -> "Entry":
        settled = {"state": state, "fault": None, "settled_at": now, **changes}
        return replace(self, **settled, lease=None, next_attempt_at=None)  # pyright: ignore[reportArgumentType]  # names of its own fields
