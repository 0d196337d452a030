"""Hold librdkafka's mock cluster in a process of its own: `python -m stack.kafka.memory_server`."""

import signal
import sys

from confluent_kafka import Producer

ANNOUNCEMENT = r"^in-memory Kafka on (\S+)$"


def main() -> None:
    """Print the address and wait for SIGTERM."""
    holder = Producer({"test.mock.num.brokers": 1})
    (broker,) = holder.list_topics(timeout=10).brokers.values()
    sys.stdout.write(f"in-memory Kafka on {broker.host}:{broker.port}\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
