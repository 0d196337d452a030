"""Calendars of in-house systems, which push their busy time."""
