import pytest
from entente_contracts import Envelope, decode, message_type, topics
from entente_contracts.conformance import UNKNOWN_TYPE, records

pytestmark = pytest.mark.unit


def test_a_reader_made_of_this_package_alone_survives_every_record() -> None:
    read = unknown = ended = 0
    for record in records():
        envelope = Envelope.from_headers(record.headers)
        if record.value is None:
            ended += 1
        elif message_type(envelope.type) is None:
            assert envelope.type == UNKNOWN_TYPE
            unknown += 1
        else:
            decode(envelope.type, record.value)
            read += 1
    assert read == 3 * unknown > 0
    assert ended > 0


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_records_of_one_topic_are_of_that_topic(topic: topics.Topic) -> None:
    found = list(records(topic.name))
    assert {record.topic for record in found} == {topic.name}
    assert any(record.value is None for record in found) == (topic.cleanup == "compact")
    assert len({record.shows for record in found}) == len(found)
