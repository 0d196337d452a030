"""When a feed is worth another look."""

import re
from datetime import timedelta

SHORTEST_POLL = timedelta(minutes=15)
"""No feed makes us ask more often (RFC 7986 §7 warns of clients that hammer)."""
LONGEST_POLL = timedelta(days=1)
"""No cache setting keeps a calendar from being looked at once a day."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?![^\s,])", re.ASCII | re.IGNORECASE)


def poll_hint(cache_control: str) -> timedelta | None:
    """Read Cache-Control's max-age (RFC 9111 §5.2.2.1) within our bounds; None without one."""
    found = _MAX_AGE.search(cache_control)
    if found is None:
        return None
    return min(max(timedelta(seconds=int(found[1])), SHORTEST_POLL), LONGEST_POLL)
