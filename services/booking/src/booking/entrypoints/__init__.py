"""What sets the use cases in motion: HTTP, Kafka and time."""
