"""When hosts are free: answered over HTTP from projections, which Kafka's topics can rebuild."""
