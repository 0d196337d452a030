"""What others have made for the same work. Each is optional: without it nothing is compared."""
