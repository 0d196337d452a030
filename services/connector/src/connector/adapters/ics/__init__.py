"""Read-only calendars behind a link."""
