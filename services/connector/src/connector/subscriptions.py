"""What the connector reads from Kafka, and as whom."""

from entente_contracts import Topic, topics

GROUP = "connector"

TOPICS: tuple[Topic, ...] = (topics.HOST_EVENTS, topics.CALENDAR_COMMANDS)
