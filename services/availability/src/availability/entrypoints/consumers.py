"""What availability hears on Kafka."""

from collections.abc import Sequence

from entente_contracts import Topic
from messaging import failpoints
from messaging.consumer import BatchConsumer
from messaging.delivery import Arrival
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.change_rows import PostgresChanges
from availability.adapters.projecting import PROJECTING, Projecting
from availability.adapters.turns import take_writers_turn


def consumers(group: str) -> list[BatchConsumer]:
    """Return a consumer for each topic.

    All take batches: a lone record is handled at once all the same, and a group that begins at
    the start of the topics is done many times sooner.
    """
    return [_consumer(group, topic, projecting) for topic, projecting in PROJECTING.items()]


def _consumer(group: str, topic: Topic, projecting: Projecting) -> BatchConsumer:
    async def on_arrivals(arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        await take_writers_turn(session)
        changes = await projecting.project(session, arrivals)
        await PostgresChanges(session).add(changes)
        await failpoints.reach("projection.before_commit")

    return BatchConsumer(
        topic,
        group=group,
        accepts=projecting.accepts,
        handler=on_arrivals,
        tombstones=True,
        decoder=projecting.decoder,
    )
