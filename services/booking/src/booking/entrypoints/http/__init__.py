"""The HTTP API: for users with a token, and for guests with a link."""
