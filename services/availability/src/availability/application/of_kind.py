"""Facts of several kinds, told apart."""

from collections.abc import Iterable
from typing import TypeVar

F = TypeVar("F")


def of_kind(kind: type[F], facts: Iterable[object]) -> list[F]:
    """Return those facts that are of a kind, in their order."""
    return [fact for fact in facts if isinstance(fact, kind)]
