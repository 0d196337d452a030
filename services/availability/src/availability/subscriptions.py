"""What availability reads from Kafka, and as whom."""

from entente_contracts import Topic, topics

GROUP = "availability"

TOPICS: tuple[Topic, ...] = (
    topics.HOST_EVENTS,
    topics.CALENDAR_EVENTS,
    topics.CALENDAR_BUSY,
    topics.BOOKING_EVENTS,
)
