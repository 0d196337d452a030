"""The properties of a Kafka of one node that is broker and controller (KRaft)."""

from collections.abc import Mapping
from dataclasses import dataclass

_LARGEST_RECORD = 17 * 1024 * 1024  # a dead letter of 16 MiB and its headers


@dataclass(frozen=True, kw_only=True, slots=True)
class OneNode:
    """Where it listens and keeps its data. Listeners are host:port, an empty host is every one."""

    clients: str
    advertised: str
    controller: str
    data: str

    def properties(self) -> Mapping[str, object]:
        """Return the server's properties by name."""
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{self.controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"BROKER://{self.clients},CONTROLLER://{self.controller}",
            "advertised.listeners": f"BROKER://{self.advertised}",
            "inter.broker.listener.name": "BROKER",
            "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.data,
            "auto.create.topics.enable": "false",
            "message.max.bytes": _LARGEST_RECORD,  # each topic's max.message.bytes decides
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 4,
            # The first member of a group need not wait for others.
            "group.initial.rebalance.delay.ms": 0,
            # After a crash the controller waits this long before the broker may register again.
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            # Made-up events may be a year old: never look for what retention would delete.
            "log.retention.check.interval.ms": 2**62,
        }
