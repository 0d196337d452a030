"""The notifier: what parties are told about their bookings, by mail."""
