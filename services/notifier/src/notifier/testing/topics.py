"""Events on a real Kafka, as other services publish them."""

from datetime import UTC, datetime

from entente_contracts import Message, encode, envelope_for, topics
from journal.lab.eventually import eventually
from journal.lab.wire import Wire
from messaging.admin import connect_admin, create_topics
from messaging.settings import KafkaSettings

from notifier.subscriptions import GROUP, TOPICS


async def prepare_topics(kafka: KafkaSettings, group: str = GROUP) -> None:
    """Make the topics that the service needs; return when the broker shows them."""
    twins = [twin(t, group) for t in TOPICS for twin in (topics.dead_letter, topics.redrive)]
    wanted = {topic.name for topic in (*topics.ALL, *twins)}
    admin = await connect_admin(kafka, client_id="test")
    try:
        await create_topics(admin, [*topics.ALL, *twins])
        await eventually(admin.list_topics, lambda seen: wanted <= set(seen))
    finally:
        await admin.close()


async def publish(kafka: KafkaSettings, event: Message, *, traceparent: str = "") -> None:
    """Publish an event that happens now, in the trace of `traceparent` (W3C Trace Context)."""
    envelope = envelope_for(event, source="/booking", time=datetime.now(UTC))
    trace = [("traceparent", traceparent.encode())] if traceparent else []
    await Wire(kafka).produce(
        type(event).topic,
        encode(event),
        key=event.key().encode(),
        headers=[*envelope.to_headers(), *trace],
    )
