"""The outbox: a state change and the events it causes commit in one transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime

from entente_contracts import Envelope, Message, encode, envelope_for
from entente_contracts.message import envelope_for_tombstone
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from messaging import telemetry
from messaging.delivery import Arrival
from messaging.tables import outbox


class Outbox:
    """Writes events of one service into its outbox table.

    Lock the aggregate (`SELECT … FOR UPDATE`, or the `UPDATE` of its version) before adding its
    event: rows are published in id order, and only the lock makes id order version order.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    async def add(
        self, session: AsyncSession, message: Message, *, cause: Arrival | None = None
    ) -> Envelope:
        """Add a message to the session's transaction; return the envelope it will travel in.

        `cause` is the delivery that led to it: it gives the correlation and causation ids and,
        in a batch, the trace. Raises MessageTooLarge above the contract's limit, so that a
        transaction never commits an event that could not be published.
        """
        envelope = envelope_for(
            message, source=self._source, time=datetime.now(UTC), **_ids_of(cause)
        )
        await self._insert(session, type(message), envelope, encode(message), cause)
        return envelope

    async def add_tombstone(
        self,
        session: AsyncSession,
        ended: type[Message],
        *,
        key: str,
        subject: str,
        version: int,
        tenant_id: str,
        cause: Arrival | None = None,
    ) -> Envelope:
        """Add the end of `key`'s state: a null value on the compacted topic of `ended`."""
        envelope = envelope_for_tombstone(
            ended,
            key=key,
            subject=subject,
            version=version,
            tenant_id=tenant_id,
            source=self._source,
            time=datetime.now(UTC),
            **_ids_of(cause),
        )
        await self._insert(session, ended, envelope, None, cause)
        return envelope

    async def _insert(
        self,
        session: AsyncSession,
        message_type: type[Message],
        envelope: Envelope,
        payload: bytes | None,
        cause: Arrival | None,
    ) -> None:
        topic = message_type.topic.name
        with telemetry.creating(topic, envelope, cause) as trace_headers:
            headers: Mapping[str, str] = {
                **envelope.to_text(),
                **trace_headers,
            }
            await session.execute(
                insert(outbox).values(
                    event_id=envelope.id,
                    topic=topic,
                    key=envelope.partition_key,
                    headers=headers,
                    payload=payload,
                )
            )


def _ids_of(cause: Arrival | None) -> dict[str, str | None]:
    origin = cause.envelope if cause is not None else None
    if origin is None:
        return {"correlation_id": None, "causation_id": None}
    return {
        "correlation_id": origin.correlation_id or str(origin.id),
        "causation_id": str(origin.id),
    }
