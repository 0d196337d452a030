"""Writing notes: the state and its event in one transaction."""

from uuid import UUID

from messaging.outbox import Outbox
from sqlalchemy import literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from journal.messages import Noted
from journal.tables import note

outbox = Outbox("/journal")

TENANT = "journal"


async def write(session: AsyncSession, note_id: UUID, content: str = "") -> int:
    """Change a note in the session's transaction; return the number of the change.

    The upsert locks the note before its event enters the outbox.
    """
    upsert = (
        insert(note)
        .values(note_id=note_id, number=1)
        .on_conflict_do_update(
            index_elements=[note.c.note_id], set_={"number": literal_column("note.number + 1")}
        )
        .returning(note.c.number)
    )
    number = (await session.execute(upsert)).scalar_one()
    await outbox.add(session, Noted(tenant_id=TENANT, note_id=note_id, number=number, text=content))
    return number
