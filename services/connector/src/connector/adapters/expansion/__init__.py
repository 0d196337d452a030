"""Expansion in worker processes."""
