"""Consuming notes: record by record, or many in one statement."""

from collections.abc import Sequence

from entente_contracts import Topic
from messaging.consumer import BatchConsumer, RecordConsumer
from messaging.delivery import Arrival, Delivery, Tombstone
from messaging.failure import PermanentError
from messaging.outbox import Outbox
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from journal.messages import NOTES, Copied, Noted
from journal.tables import copy, latest

outbox = Outbox("/journal")


class UnwantedNoteError(PermanentError):
    """The note says that it cannot be copied."""

    reason = "unwanted_note"


def copying(group: str, topic: Topic = NOTES, *, forward: bool = False) -> RecordConsumer:
    """Return a consumer that keeps a row for every note it applies, and may announce each."""

    async def on_noted(delivery: Delivery[Noted], session: AsyncSession) -> None:
        noted = delivery.message
        if noted.text == "unwanted":
            raise UnwantedNoteError
        await session.execute(
            insert(copy).values(note_id=noted.note_id, number=noted.number, consumer=group)
        )
        if forward:
            copied = Copied(tenant_id=noted.tenant_id, note_id=noted.note_id, number=noted.number)
            await outbox.add(session, copied, cause=delivery)

    consumer = RecordConsumer(topic, group=group)
    consumer.on(Noted, on_noted)
    return consumer


def projecting(group: str, topic: Topic = NOTES, *, batch_size: int = 500) -> BatchConsumer:
    """Return a consumer that keeps the latest number of every note, a batch in one statement."""
    return BatchConsumer(
        topic, group=group, accepts=[Noted], handler=_project, batch_size=batch_size
    )


async def _project(arrivals: Sequence[Arrival], session: AsyncSession) -> None:
    numbers = {
        arrival.message.note_id: arrival.message.number
        for arrival in arrivals
        if not isinstance(arrival, Tombstone) and isinstance(arrival.message, Noted)
    }
    rows = [{"note_id": note_id, "number": number} for note_id, number in sorted(numbers.items())]
    statement = upsert(latest).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[latest.c.note_id],
            set_={"number": statement.excluded.number},
            where=latest.c.number < statement.excluded.number,
        )
    )
