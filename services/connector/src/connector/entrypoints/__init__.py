"""What makes the connector act: HTTP requests, Kafka records, the clock, an operator."""
