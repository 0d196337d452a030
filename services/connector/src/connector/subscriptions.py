"""What the connector reads from Kafka, and as whom; what it writes there."""

from entente_contracts import Topic, topics

GROUP = "connector"

TOPICS: tuple[Topic, ...] = (topics.HOST_EVENTS, topics.CALENDAR_COMMANDS)
PUBLISHES: tuple[Topic, ...] = (
    topics.CALENDAR_EVENTS,
    topics.CALENDAR_BUSY,
    topics.CALENDAR_ENTRIES,
)
