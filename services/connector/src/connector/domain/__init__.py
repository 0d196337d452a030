"""What calendars are and say, without I/O."""
