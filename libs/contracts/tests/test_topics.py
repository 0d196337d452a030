from dataclasses import replace
from datetime import timedelta

import pytest
from entente_contracts import dead_letter, message_types, redrive, topics

pytestmark = pytest.mark.unit


def test_every_message_travels_on_a_listed_topic_and_every_topic_has_messages() -> None:
    assert {message.topic for message in message_types()} == set(topics.ALL)
    assert len({topic.name for topic in topics.ALL}) == 8
    assert {topic.partitions for topic in topics.ALL} == {12}


def test_a_delete_topic_keeps_its_records_for_its_retention() -> None:
    assert topics.CALENDAR_COMMANDS.configs() == {
        "cleanup.policy": "delete",
        "max.message.bytes": "1048576",
        "retention.ms": "1209600000",
    }


def test_a_compact_topic_lets_slow_readers_see_records_and_tombstones() -> None:
    assert topics.BOOKING_EVENTS.configs() == {
        "cleanup.policy": "compact",
        "max.message.bytes": "1048576",
        "min.compaction.lag.ms": "1209600000",
        "max.compaction.lag.ms": "2592000000",
        "delete.retention.ms": "2419200000",
    }


COMPACT = [topic for topic in topics.ALL if topic.cleanup == "compact"]


@pytest.mark.parametrize("topic", COMPACT, ids=lambda topic: topic.name)
def test_tombstones_outlive_a_fortnight_of_silence(topic: topics.Topic) -> None:
    kept = timedelta(milliseconds=int(topic.configs()["delete.retention.ms"]))
    assert kept >= timedelta(days=14)


def test_a_dead_letter_topic_takes_what_its_source_took_and_more() -> None:
    beside = dead_letter(topics.BOOKING_EVENTS, "sales.crm")
    assert (beside.name, beside.partitions) == ("booking.events.v1.sales.crm.dlq", 1)
    assert beside.configs() == {
        "cleanup.policy": "delete",
        "max.message.bytes": str(16 * 1_048_576),
        "retention.ms": str(90 * 86_400_000),
    }
    huge = replace(topics.BOOKING_EVENTS, max_message_bytes=20 * 1_048_576)
    assert dead_letter(huge, "x").max_message_bytes > huge.max_message_bytes


def test_a_redriven_record_goes_to_the_group_that_failed_it() -> None:
    beside = redrive(topics.BOOKING_EVENTS, "notifier")
    assert (beside.name, beside.partitions) == ("booking.events.v1.notifier.redrive", 1)
    assert beside.retention == timedelta(days=14)
    assert (
        beside.max_message_bytes == dead_letter(topics.BOOKING_EVENTS, "notifier").max_message_bytes
    )


@pytest.mark.parametrize(
    "change",
    [
        {"retention": None},
        {"cleanup": "compact"},
        {"partitions": 0},
        {"name": "x" * 250},
        {"min_compaction_lag": timedelta(days=31)},
    ],
)
def test_a_topic_that_kafka_would_refuse_is_not_made(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"topic|name|lag"):
        replace(topics.CALENDAR_COMMANDS, **change)
