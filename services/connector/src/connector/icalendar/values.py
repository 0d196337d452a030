"""The value types that busy time depends on (RFC 5545 §3.3)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_DATE_LENGTH = 8
_TIME_LENGTH = 15
_DURATION = re.compile(
    r"([+-])?P(?=[\dT])(?:(\d{1,7})W)?(?:(\d{1,7})D)?"
    r"(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\(.)")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?")


class InvalidValue(ValueError):  # noqa: N818  # the name states the fact
    """The text is no value of the wanted type."""


def parse_date_or_time(text: str) -> date | datetime:
    """Read a DATE or DATE-TIME: a date, a naive time (local or floating) or an aware one (UTC).

    A leap second becomes the second before it (RFC 5545 §3.3.12).
    """
    digits = text[:8]
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidValue("date")
    try:
        if len(text) == _DATE_LENGTH:
            return date.fromisoformat(text)
        clock = text[9:15]
        if text[8] not in "Tt" or not (clock.isascii() and clock.isdigit() and len(clock) == 6):  # noqa: PLR2004  # hhmmss
            raise InvalidValue("time")
        if clock.endswith("60"):
            text = f"{text[:13]}59{text[15:]}"
        if len(text) == _TIME_LENGTH:
            return datetime.fromisoformat(text)
        if text[15:] in ("Z", "z"):
            return datetime.fromisoformat(text[:15]).replace(tzinfo=UTC)
    except (ValueError, IndexError) as error:
        raise InvalidValue("date or time") from error
    raise InvalidValue("time")


@dataclass(frozen=True, slots=True)
class Duration:
    """A DURATION: nominal days, whose length the zone decides, then exact time (§3.3.6)."""

    days: int
    exact: timedelta


def parse_duration(text: str) -> Duration:
    """Read a DURATION such as `PT1H30M`, `-P2D` or `P1W`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise InvalidValue("duration")
    sign = -1 if match[1] == "-" else 1
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return Duration(sign * (weeks * 7 + days), sign * exact)


def parse_text(text: str) -> str:
    """Read a TEXT on one line: escapes undone (§3.3.11), an escaped line break a space."""
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], text)


def parse_utc_offset(text: str) -> timedelta:
    """Read a UTC-OFFSET such as `+0100` or `-033028`; less than a day."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise InvalidValue("offset")
    sign = -1 if match[1] == "-" else 1
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if offset >= timedelta(days=1):
        raise InvalidValue("offset")
    return sign * offset
