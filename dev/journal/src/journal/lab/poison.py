"""Records as they should not be."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from entente_contracts import encode, envelope_for

from journal.messages import Noted
from journal.notes import TENANT


def note_record(note_id: UUID, text: str = "") -> tuple[bytes, dict[str, Any]]:
    """Return value and headers of a note's first change, to be spoilt."""
    noted = Noted(tenant_id=TENANT, note_id=note_id, number=1, text=text)
    envelope = envelope_for(noted, source="/journal", time=datetime.now(UTC))
    return encode(noted), dict(envelope.to_headers())
