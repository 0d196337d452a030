"""Booking's own database."""
