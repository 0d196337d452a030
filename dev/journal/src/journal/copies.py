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
from journal.tables import copy, latest, unique_text

outbox = Outbox("/journal")


class UnwantedNoteError(PermanentError):
    """The note says that it cannot be copied."""

    reason = "unwanted_note"


def copying(group: str, topic: Topic = NOTES, *, forward: bool = False) -> RecordConsumer:
    """Return a consumer that keeps a row for every note it applies, and may announce each."""

    async def on_noted(delivery: Delivery[Noted], session: AsyncSession) -> None:
        noted = delivery.message
        await _fail_as_asked(noted.text, group, session)
        await session.execute(
            insert(copy).values(note_id=noted.note_id, number=noted.number, consumer=group)
        )
        if forward:
            copied = Copied(tenant_id=noted.tenant_id, note_id=noted.note_id, number=noted.number)
            await outbox.add(session, copied, cause=delivery)

    consumer = RecordConsumer(topic, group=group)
    consumer.on(Noted, on_noted)
    consumer.on(Copied, on_noted)
    return consumer


def copying_batches(
    group: str, topic: Topic = NOTES, gathering_seconds: float = 0.0
) -> BatchConsumer:
    """Return a consumer that keeps a row for every note, those of a batch in one statement."""

    async def on_arrivals(arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        notes = _notes_in(arrivals)
        for noted in notes:
            await _fail_as_asked(noted.text, group, session)
        rows = [{"note_id": n.note_id, "number": n.number, "consumer": group} for n in notes]
        await session.execute(insert(copy).values(rows))

    return BatchConsumer(
        topic,
        group=group,
        accepts=[Noted, Copied],
        handler=on_arrivals,
        gathering_seconds=gathering_seconds,
    )


def projecting(group: str, topic: Topic = NOTES, *, batch_size: int = 500) -> BatchConsumer:
    """Return a consumer that keeps the latest number of every note, a batch in one statement."""
    return BatchConsumer(
        topic, group=group, accepts=[Noted], handler=_project, batch_size=batch_size
    )


async def _project(arrivals: Sequence[Arrival], session: AsyncSession) -> None:
    numbers = {noted.note_id: noted.number for noted in _notes_in(arrivals)}
    rows = [{"note_id": note_id, "number": number} for note_id, number in sorted(numbers.items())]
    statement = upsert(latest).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[latest.c.note_id],
            set_={"number": statement.excluded.number},
            where=latest.c.number < statement.excluded.number,
        )
    )


def _notes_in(arrivals: Sequence[Arrival]) -> list[Noted]:
    return [
        arrival.message
        for arrival in arrivals
        if not isinstance(arrival, Tombstone) and isinstance(arrival.message, Noted)
    ]


async def _fail_as_asked(text: str, group: str, session: AsyncSession) -> None:
    """Fail in the way the first word of a note asks for; of equal "unique …" only one passes."""
    match text.partition(" ")[0]:
        case "unwanted":
            raise UnwantedNoteError
        case "broken":
            raise ValueError(text)
        case "unique":
            await session.execute(insert(unique_text).values(consumer=group, text=text))
        case _:
            pass
