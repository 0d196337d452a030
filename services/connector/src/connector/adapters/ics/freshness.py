"""When a feed is worth another look."""

import re
from datetime import timedelta

from connector.icalendar.values import InvalidValue, parse_duration

SHORTEST_POLL = timedelta(minutes=15)
"""No feed makes us ask more often (RFC 7986 §7 warns of clients that hammer)."""
LONGEST_POLL = timedelta(days=1)
"""No cache setting keeps a calendar from being looked at once a day."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?![^\s,])", re.ASCII | re.IGNORECASE)


_COMPONENT = re.compile(rb"[\r\n]BEGIN:(?!VCALENDAR)", re.IGNORECASE)
_PUBLISHED = re.compile(
    rb"[\r\n](?:REFRESH-INTERVAL|X-PUBLISHED-TTL)(?:;[^:\r\n]*)?:([^\r\n]*)", re.IGNORECASE
)


def published_interval(body: bytes) -> timedelta | None:
    """Read how often the publisher wants a calendar looked at, up to our longest; None without it.

    REFRESH-INTERVAL (RFC 7986 §5.7) or X-PUBLISHED-TTL stand before the first component.
    """
    first = _COMPONENT.search(body)
    found = _PUBLISHED.search(body, 0, first.start() if first else len(body))
    if found is None:
        return None
    try:
        duration = parse_duration(found[1].decode("ascii", errors="replace").strip())
    except InvalidValue:
        return None
    interval = timedelta(days=duration.days) + duration.exact
    return min(interval, LONGEST_POLL) if interval > timedelta() else None


def poll_hint(cache_control: str) -> timedelta | None:
    """Read Cache-Control's max-age (RFC 9111 §5.2.2.1) within our bounds; None without one."""
    found = _MAX_AGE.search(cache_control)
    if found is None:
        return None
    return min(max(timedelta(seconds=int(found[1])), SHORTEST_POLL), LONGEST_POLL)
