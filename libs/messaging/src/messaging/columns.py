"""Columns that every service's tables have."""

from typing import Any

from sqlalchemy import Column, DateTime


def required(name: str, kind: Any, *, primary_key: bool = False) -> Column[Any]:
    """Return a column that is never null."""
    return Column(name, kind, primary_key=primary_key, nullable=False)


def instant(name: str) -> Column[Any]:
    """Return a moment, never null."""
    return required(name, DateTime(timezone=True))
