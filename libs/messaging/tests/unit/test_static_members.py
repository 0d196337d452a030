"""A process is one static member of its group for each topic that it reads."""

import pytest
from messaging.broker import consumer_options
from messaging.settings import KafkaSettings

pytestmark = pytest.mark.unit


def test_consumers_of_one_process_do_not_shut_each_other_out() -> None:
    settings = KafkaSettings(bootstrap_servers="kafka:9092", group_instance_id="notifier-0")
    members = {
        consumer_options(settings, topic=topic)["group_instance_id"]
        for topic in ("booking.events.v1", "host.events.v1")
    }
    assert len(members) == 2
    assert all(member.startswith("notifier-0.") for member in members)


def test_without_an_id_members_are_dynamic() -> None:
    settings = KafkaSettings(bootstrap_servers="kafka:9092")
    assert consumer_options(settings, topic="host.events.v1")["group_instance_id"] is None
