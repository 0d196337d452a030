"""Outbox, inbox, consumers, dead letters, health and telemetry; knows no domain."""
