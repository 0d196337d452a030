"""Bringing the database to the schema this version needs."""

from messaging.migrations import Migrations

migrations = Migrations("availability")
migrate = migrations.run
