"""Runs the migrations on the connection that `messaging.migrations` opened."""

from alembic import context

from availability.adapters.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
