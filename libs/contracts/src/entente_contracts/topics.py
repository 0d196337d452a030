"""The Kafka topics: who is keyed by what, what is kept, and for how long."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

DEFAULT_PARTITIONS = 12

_MIB = 1_048_576
_FORTNIGHT = timedelta(days=14)
_DEAD_LETTER_RETENTION = timedelta(days=90)
# An oversized poison record must still fit, with the headers that say why it died.
_DEAD_LETTER_MESSAGE_BYTES = 16 * _MIB
_MAX_NAME_LENGTH = 249


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic and its configuration.

    `key` says in words what the record key is. `retention` is for `delete` topics. On `compact`
    topics, `min_compaction_lag` keeps every record readable for that long, `tombstone_retention`
    lets a slow consumer see that a key ended, and `max_compaction_lag` bounds how long a
    superseded value may survive.
    """

    name: str
    key: str
    cleanup: Literal["compact", "delete"]
    partitions: int = DEFAULT_PARTITIONS
    retention: timedelta | None = None
    min_compaction_lag: timedelta = timedelta(0)
    max_compaction_lag: timedelta = timedelta(days=30)
    tombstone_retention: timedelta = timedelta(days=28)
    max_message_bytes: int = _MIB

    def __post_init__(self) -> None:
        """Refuse a topic that Kafka would refuse or that would keep its records for ever."""
        if len(self.name) > _MAX_NAME_LENGTH:
            raise ValueError(f"a topic's name has at most {_MAX_NAME_LENGTH} characters")
        if self.partitions < 1:
            raise ValueError("a topic has at least one partition")
        if (self.cleanup == "delete") != (self.retention is not None):
            raise ValueError("a delete topic has a retention, a compact topic has none")
        if self.min_compaction_lag > self.max_compaction_lag:
            raise ValueError("the least compaction lag is not above the greatest")

    def configs(self) -> dict[str, str]:
        """Return Kafka's topic configuration, as its admin API takes it."""
        configs = {
            "cleanup.policy": self.cleanup,
            "max.message.bytes": str(self.max_message_bytes),
        }
        if self.retention is not None:
            return configs | {"retention.ms": _milliseconds(self.retention)}
        return configs | {
            "min.compaction.lag.ms": _milliseconds(self.min_compaction_lag),
            "max.compaction.lag.ms": _milliseconds(self.max_compaction_lag),
            "delete.retention.ms": _milliseconds(self.tombstone_retention),
        }


HOST_EVENTS = Topic(name="host.events.v1", key="host id", cleanup="compact")
CALENDAR_EVENTS = Topic(
    name="calendar.events.v1",
    key="calendar id",
    cleanup="compact",
    min_compaction_lag=_FORTNIGHT,
)
CALENDAR_BUSY = Topic(
    name="calendar.busy.v1",
    key="<calendar id>:<yyyy-mm>, or <calendar id>:as-of",
    cleanup="compact",
)
CALENDAR_COMMANDS = Topic(
    name="calendar.commands.v1", key="calendar id", cleanup="delete", retention=_FORTNIGHT
)
CALENDAR_ENTRIES = Topic(
    name="calendar.entries.v1", key="booking id", cleanup="delete", retention=_FORTNIGHT
)
AVAILABILITY_EVENTS = Topic(
    name="availability.events.v1",
    key="<host id>:<yyyy-mm>, or <host id>:overlaps",
    cleanup="compact",
)
BOOKING_EVENTS = Topic(
    name="booking.events.v1",
    key="booking id",
    cleanup="compact",
    min_compaction_lag=_FORTNIGHT,
)
NOTIFICATION_EVENTS = Topic(
    name="notification.events.v1", key="booking id", cleanup="delete", retention=_FORTNIGHT
)

ALL: tuple[Topic, ...] = (
    HOST_EVENTS,
    CALENDAR_EVENTS,
    CALENDAR_BUSY,
    CALENDAR_COMMANDS,
    CALENDAR_ENTRIES,
    AVAILABILITY_EVENTS,
    BOOKING_EVENTS,
    NOTIFICATION_EVENTS,
)


def dead_letter(topic: Topic, group: str) -> Topic:
    """Return where the consumer group `group` puts the records of `topic` it could not apply."""
    return _beside(topic, group, "dlq", _DEAD_LETTER_RETENTION)


def redrive(topic: Topic, group: str) -> Topic:
    """Return where dead letters go to be tried again, by the group that failed them and no other.

    Never the main topic: that is compacted and others read it, so an old record put back there
    would replace a newer one.
    """
    return _beside(topic, group, "redrive", _FORTNIGHT)


def _beside(topic: Topic, group: str, suffix: str, retention: timedelta) -> Topic:
    return Topic(
        name=f"{topic.name}.{group}.{suffix}",
        key=topic.key,
        cleanup="delete",
        partitions=1,
        retention=retention,
        max_message_bytes=max(_DEAD_LETTER_MESSAGE_BYTES, 2 * topic.max_message_bytes),
    )


def _milliseconds(duration: timedelta) -> str:
    return str(duration // timedelta(milliseconds=1))
