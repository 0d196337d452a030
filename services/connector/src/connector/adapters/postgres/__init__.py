"""The connector's own database."""
