"""A laboratory: journals as processes of their own, ways to break them, and the evidence."""
