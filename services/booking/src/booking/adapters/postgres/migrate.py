"""Bringing the database to the schema this version needs."""

from messaging.migrations import Migrations

migrations = Migrations("booking")
migrate = migrations.run
