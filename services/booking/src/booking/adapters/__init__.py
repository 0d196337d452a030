"""Where bookings are kept, and how other services are asked."""
