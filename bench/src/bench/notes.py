"""The events of the messaging suites: the journal's notes, drawn from a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from entente_contracts import encode, envelope_for
from journal.messages import Noted

_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_CHANGES_PER_NOTE = 4
_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Note:
    """An event as it travels: what an outbox row and a Kafka record hold."""

    event_id: UUID
    note_id: UUID
    number: int
    key: str
    value: bytes
    headers: Mapping[str, str]

    @property
    def record_headers(self) -> list[tuple[str, bytes]]:
        """The headers as Kafka takes them."""
        return [(name, value.encode()) for name, value in self.headers.items()]


def draw(random: Random, count: int) -> Sequence[Note]:
    """Return events in the order they happen, on average four to a note."""
    note_ids = [_uuid(random) for _ in range(max(1, count // _CHANGES_PER_NOTE))]
    numbers = dict.fromkeys(note_ids, 0)
    return [_change(random, note_ids, numbers, index) for index in range(count)]


def latest(notes: Sequence[Note]) -> dict[UUID, int]:
    """Return the last number of each note."""
    return {note.note_id: note.number for note in notes}


def _change(random: Random, ids: Sequence[UUID], numbers: dict[UUID, int], index: int) -> Note:
    note_id = random.choice(ids)
    numbers[note_id] += 1
    message = Noted(
        tenant_id="bench",
        note_id=note_id,
        number=numbers[note_id],
        text="x" * random.randrange(_LONGEST_TEXT),
    )
    time = _BEGIN + timedelta(milliseconds=index)
    envelope = replace(envelope_for(message, source="/bench", time=time), id=_uuid7(random, time))
    headers = envelope.to_text()
    trace = f"00-{random.getrandbits(128):032x}-{random.getrandbits(64):016x}-01"
    return Note(
        event_id=envelope.id,
        note_id=note_id,
        number=message.number,
        key=envelope.partition_key,
        value=encode(message),
        headers={**headers, "traceparent": trace},
    )


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def _uuid7(random: Random, time: datetime) -> UUID:
    """Return an id like `entente_contracts.uuid7` makes, of this time, from the seed."""
    milliseconds = int(time.timestamp() * 1000)
    return UUID(
        int=milliseconds << 80
        | 7 << 76
        | random.getrandbits(12) << 64
        | 2 << 62
        | random.getrandbits(62)
    )
