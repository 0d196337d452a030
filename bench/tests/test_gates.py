from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from bench.notes import Note
from bench.suite import WrongAnswerError
from bench.suites import project, relay
from entente_contracts import Envelope, decode
from journal.messages import Noted

from bench import notes

pytestmark = pytest.mark.unit


@pytest.fixture
def drawn() -> Sequence[Note]:
    return notes.draw(Random(7), 40)


def published(items: Sequence[Note]) -> relay.Answer:
    found: dict[str, list[tuple[bytes, dict[str, str]]]] = {}
    for item in items:
        found.setdefault(item.key, []).append((item.value, dict(item.headers)))
    return found


def test_notes_read_back_as_the_events_they_are(drawn: Sequence[Note]) -> None:
    for note in drawn:
        envelope = Envelope.from_headers(note.record_headers)
        message = decode(envelope.type, note.value)
        assert isinstance(message, Noted)
        assert (message.note_id, message.number) == (note.note_id, note.number)
        assert (envelope.id, envelope.partition_key) == (note.event_id, note.key)


def test_the_same_seed_draws_the_same_notes(drawn: Sequence[Note]) -> None:
    assert notes.draw(Random(7), 40) == drawn
    assert notes.draw(Random(8), 40) != drawn


def test_what_was_published_in_order_passes(drawn: Sequence[Note]) -> None:
    relay.gate(drawn, published(drawn))


def test_a_lost_record_is_wrong(drawn: Sequence[Note]) -> None:
    with pytest.raises(WrongAnswerError, match="39 records for 40 events; 1 of 10 keys"):
        relay.gate(drawn, published(drawn[:-1]))


def test_a_doubled_record_is_wrong(drawn: Sequence[Note]) -> None:
    with pytest.raises(WrongAnswerError, match="41 records for 40 events"):
        relay.gate(drawn, published([*drawn, drawn[-1]]))


def test_an_altered_record_is_wrong(drawn: Sequence[Note]) -> None:
    altered = replace(drawn[-1], headers={**drawn[-1].headers, "traceparent": "another"})
    with pytest.raises(WrongAnswerError, match="1 of 10 keys"):
        relay.gate(drawn, published([*drawn[:-1], altered]))


def test_another_order_is_wrong_within_a_key_only(drawn: Sequence[Note]) -> None:
    relay.gate(drawn, published(sorted(drawn, key=lambda note: note.key)))
    with pytest.raises(WrongAnswerError):
        relay.gate(drawn, published(drawn[::-1]))


def test_a_complete_projection_passes(drawn: Sequence[Note]) -> None:
    claimed = frozenset(note.event_id for note in drawn)
    project.gate(drawn, project.Answer(claimed, notes.latest(drawn)))


def test_an_unclaimed_event_is_wrong(drawn: Sequence[Note]) -> None:
    claimed = frozenset(note.event_id for note in drawn[1:])
    with pytest.raises(WrongAnswerError, match="39 events claimed of 40"):
        project.gate(drawn, project.Answer(claimed, notes.latest(drawn)))


def test_an_old_number_is_wrong(drawn: Sequence[Note]) -> None:
    claimed = frozenset(note.event_id for note in drawn)
    stale = notes.latest(drawn) | {drawn[0].note_id: 0}
    with pytest.raises(WrongAnswerError, match="last numbers"):
        project.gate(drawn, project.Answer(claimed, stale))
