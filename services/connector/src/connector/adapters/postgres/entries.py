"""Entries as rows; commands and answers as the JSON documents they are."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from entente_contracts import EntryEvent, Message, decode
from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import calendar
from connector.adapters.postgres.tables import entry as _table
from connector.application.store import Origin
from connector.domain.calendar import Fault
from connector.domain.entry import Entry, EntryCommand, EntryState
from connector.domain.window import Window

ENTRY_CHANNEL = "entry_due"
_WAKE = text(f"SELECT pg_notify('{ENTRY_CHANNEL}', '')")
_COMMAND = TypeAdapter(EntryCommand)
_PLAIN = tuple(
    field.name
    for field in fields(Entry)
    if field.name not in {"command", "state", "fault", "stands"}
)


class PostgresEntries:
    """`Entries` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, calendar_id: UUID, uid: str) -> Entry | None:
        """Return the entry, locked."""
        query = select(_table).where(*_is(calendar_id, uid)).with_for_update()
        row = (await self._session.execute(query)).mappings().one_or_none()
        return _entry(row) if row else None

    async def add(self, entry: Entry, origin: Origin) -> None:
        """Keep a new entry, and wake whoever writes them."""
        values = {**_row(entry), "ends_at": _end_of(entry), "origin": dict(origin.headers)}
        await self._session.execute(insert(_table).values(values))
        await self._session.execute(_WAKE)

    async def save(
        self, entry: Entry, *, origin: Origin | None = None, answer: EntryEvent | None = None
    ) -> None:
        """Keep the changed entry; without a lease its end is forgotten too."""
        values: dict[str, Any] = {
            **_row(entry),
            "ends_at": func.greatest(_table.c.ends_at, _end_of(entry)),
        }
        if entry.lease is None:
            values["lease_until"] = None
        if origin is not None:
            values |= {"origin": dict(origin.headers), "answer_type": None, "answer": None}
        if answer is not None:
            values |= {"answer_type": answer.type, "answer": answer.model_dump(mode="json")}
        which = _is(entry.command.calendar_id, entry.command.uid)
        await self._session.execute(update(_table).where(*which).values(values))
        if entry.next_attempt_at is not None:
            await self._session.execute(_WAKE)

    async def answer(self, calendar_id: UUID, uid: str) -> Message | None:
        """Return the answer to the last command, None where there is none yet."""
        query = select(_table.c.answer_type, _table.c.answer).where(*_is(calendar_id, uid))
        row = (await self._session.execute(query)).one_or_none()
        if row is None or row.answer is None:
            return None
        return decode(row.answer_type, to_json(row.answer))

    async def standing(self, calendar_id: UUID, *, after: datetime) -> Sequence[Entry]:
        """Return the entries that are written and end after a moment."""
        query = select(_table).where(
            _table.c.calendar_id == calendar_id,
            _table.c.state == EntryState.WRITTEN.value,
            _table.c.stands_until > after,
        )
        return [_entry(row) for row in (await self._session.execute(query)).mappings()]

    async def own_uids(self, host_id: UUID, *, after: datetime) -> Mapping[str, UUID]:
        """Return the UIDs and bookings of entries for the host's calendars that end after it."""
        query = (
            select(_table.c.uid, _table.c.booking_id)
            .join(calendar, calendar.c.id == _table.c.calendar_id)
            .where(calendar.c.host_id == host_id, _table.c.ends_at > after)
        )
        return {row.uid: row.booking_id for row in await self._session.execute(query)}

    async def wanted_in(self, calendar_ids: Collection[UUID], uid: str) -> AbstractSet[UUID]:
        """Return which of the calendars hold the entry with this UID, or are being told to."""
        wanted = (EntryState.PENDING.value, EntryState.WRITTEN.value)
        query = select(_table.c.calendar_id).where(
            _table.c.calendar_id.in_(calendar_ids),
            _table.c.uid == uid,
            _table.c.state.in_(wanted),
        )
        return set((await self._session.execute(query)).scalars())

    async def wake(self, calendar_ids: Collection[UUID], *, at: datetime) -> None:
        """Make what is planned for these calendars due."""
        await self._session.execute(
            update(_table)
            .where(_table.c.calendar_id.in_(calendar_ids), _table.c.next_attempt_at > at)
            .values(next_attempt_at=at)
        )
        await self._session.execute(_WAKE)


def _is(calendar_id: UUID, uid: str) -> tuple[Any, Any]:
    return _table.c.calendar_id == calendar_id, _table.c.uid == uid


def _end_of(entry: Entry) -> datetime:
    draft = entry.command.draft
    ends = [stretch.end for stretch in (draft and draft.window, entry.stands) if stretch]
    return max(ends, default=entry.command.give_up_at)


def _row(entry: Entry) -> dict[str, Any]:
    command, stands = entry.command, entry.stands
    return {
        **{name: getattr(entry, name) for name in _PLAIN},
        "calendar_id": command.calendar_id,
        "uid": command.uid,
        "tenant_id": command.tenant_id,
        "booking_id": command.booking_id,
        "command": _COMMAND.dump_python(command, mode="json"),
        "state": entry.state.value,
        "fault": entry.fault.value if entry.fault else None,
        "stands_from": stands.start if stands else None,
        "stands_until": stands.end if stands else None,
    }


def _entry(row: Mapping[Any, Any]) -> Entry:
    begin, end, fault = row["stands_from"], row["stands_until"], row["fault"]
    return Entry(
        command=_COMMAND.validate_python(row["command"]),
        state=EntryState(row["state"]),
        fault=Fault(fault) if fault else None,
        stands=Window(begin, end) if begin and end else None,
        **{name: row[name] for name in _PLAIN},
    )
