"""What booking reads from Kafka, and as whom."""

from entente_contracts import Topic, topics

GROUP = "booking"

TOPICS: tuple[Topic, ...] = (
    topics.CALENDAR_ENTRIES,
    topics.CALENDAR_EVENTS,
    topics.CALENDAR_BUSY,
    topics.NOTIFICATION_EVENTS,
    topics.BOOKING_EVENTS,
)
