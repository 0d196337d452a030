"""What makes the notifier act: events, and the passing of time."""
