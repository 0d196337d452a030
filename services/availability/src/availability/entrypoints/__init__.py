"""How availability is reached: HTTP, Kafka, the operator's command line."""
