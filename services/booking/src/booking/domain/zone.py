"""IANA time zones by name."""

from zoneinfo import ZoneInfo

from booking.domain.errors import RuleError


def zone_named(field: str, name: str) -> ZoneInfo:
    """Return the zone; raises RuleError for a name the zone database does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise RuleError(field, "is no IANA time zone") from None
