"""What a booking is and how it changes; knows only the standard library."""
