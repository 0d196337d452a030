"""Calendars on CalDAV servers (RFC 4791, RFC 6578)."""
