"""PostgreSQL and Kafka, as the application's ports need them."""
