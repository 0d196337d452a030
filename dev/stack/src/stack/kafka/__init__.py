"""Kafka: given, Apache Kafka on this machine's Java, in a container, or in memory."""
