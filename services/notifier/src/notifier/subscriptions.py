"""What the notifier reads from Kafka, and as whom."""

from entente_contracts import Topic, topics

GROUP = "notifier"

TOPICS: tuple[Topic, ...] = (
    topics.BOOKING_EVENTS,
    topics.CALENDAR_EVENTS,
    topics.HOST_EVENTS,
)
