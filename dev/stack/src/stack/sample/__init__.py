"""The demo's hosts and calendars."""
