"""A connector to try things on, with the servers around it. For tests; no part of the wheel."""
