"""Time as spans `start <= t < end`: put together, cut by state, and as people read them."""

from collections.abc import Iterable
from itertools import pairwise

from meetings import Span
from people import Stretch


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same time as spans of which no two touch, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def overlap(one: Span, other: Span) -> bool:
    """Tell whether two spans share a moment."""
    return one[0] < other[1] and other[0] < one[1]


def shown(*spans: Span | None) -> str:
    """Return spans as a person reads them, in UTC."""
    return ", ".join(f"{s[0]:%a %d %H:%M}-{s[1]:%H:%M}" if s else "-" for s in spans) or "nothing"


def stretches(busy: Iterable[Span], tentative: Iterable[Span]) -> list[Stretch]:
    """Return time by its state, in order; where both are said, it is busy."""
    taken, perhaps = merged(busy), merged(tentative)
    edges = sorted({edge for span in (*taken, *perhaps) for edge in span})
    found: list[Stretch] = []
    for piece in pairwise(edges):
        state = _state(piece, taken, perhaps)
        if state is None:
            continue
        if found and found[-1][1:] == (piece[0], state):
            found[-1] = (found[-1][0], piece[1], state)
        else:
            found.append((*piece, state))
    return found


def _state(piece: Span, busy: Iterable[Span], tentative: Iterable[Span]) -> str | None:
    if any(overlap(piece, span) for span in busy):
        return "busy"
    return "tentative" if any(overlap(piece, span) for span in tentative) else None
