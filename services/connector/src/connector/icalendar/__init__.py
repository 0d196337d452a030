"""Reads iCalendar data (RFC 5545) and expands it into occurrences."""
