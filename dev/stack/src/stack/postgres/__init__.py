"""PostgreSQL: given, embedded, or in a container."""
