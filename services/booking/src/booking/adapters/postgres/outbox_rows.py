"""Messages as rows of the outbox, to be written by the statement that changes the state."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from entente_contracts import Message, encode, envelope_for
from messaging import telemetry
from messaging.delivery import Arrival
from pydantic_core import to_json

SOURCE = "/booking"

COLUMNS = "event_id, topic, key, headers, payload"
"""The columns that `outbox_rows` fills, in its order."""


def outbox_rows(
    messages: Sequence[Message], *, story: UUID | None, cause: Arrival | None
) -> tuple[list[Any], ...]:
    """Return the columns of the rows, each as a list.

    `story` is the correlation id where no `cause` brings one. The trace context is that of now.
    """
    columns: tuple[list[Any], ...] = ([], [], [], [], [])
    origin = cause.envelope if cause is not None else None
    correlation = str(story) if story is not None else None
    if origin is not None:
        correlation = origin.correlation_id or str(origin.id)
    for message in messages:
        envelope = envelope_for(
            message,
            source=SOURCE,
            time=datetime.now(UTC),
            correlation_id=correlation,
            causation_id=str(origin.id) if origin is not None else None,
        )
        topic = message.topic.name
        with telemetry.creating(topic, envelope, cause) as trace:
            headers = envelope.to_text()
            row = (
                envelope.id,
                topic,
                envelope.partition_key,
                to_json({**headers, **trace}).decode(),
                encode(message),
            )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns
