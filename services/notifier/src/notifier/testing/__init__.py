"""What the notifier's tests share: bookings to tell of, a scripted mail server, a process."""
