"""Records made by hand: as a producer sends them, and as a consumer gets them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aiokafka import ConsumerRecord
from entente_contracts import encode, envelope_for
from messaging.clients import Record, RecordHeaders

from journal.messages import Noted
from journal.notes import TENANT


def note_record(
    note_id: UUID, text: str = "", *, age: timedelta = timedelta(0)
) -> tuple[bytes, dict[str, Any]]:
    """Return value and headers of a note's first change, made `age` ago; to be spoilt."""
    noted = Noted(tenant_id=TENANT, note_id=note_id, number=1, text=text)
    envelope = envelope_for(noted, source="/journal", time=datetime.now(UTC) - age)
    return encode(noted), dict(envelope.to_headers())


def consumed(
    value: bytes | None, headers: RecordHeaders, *, key: bytes | None = b"key", offset: int = 0
) -> Record:
    """Return a record as the Kafka client hands it over, from partition 0 of the notes."""
    return ConsumerRecord(
        topic="journal.notes.v1",
        partition=0,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=headers,
    )
