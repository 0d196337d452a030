"""Hosts, meeting types and bookings: who can be met, when, and what became of it."""
