"""The time zones a reader may choose among."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location

_REGIONS = {
    "Africa": "002",
    "America": "019",
    "Asia": "142",
    "Australia": "009",
    "Europe": "150",
    "Pacific": "009",
}
_ELSEWHERE = "001"
_NAME_COLUMN = 2


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """A zone by its IANA name, and the city that stands for it in the reader's language."""

    city: str
    name: str


@cache
def choices_in(locale: Locale) -> dict[str, list[Choice]]:
    """Return the zones by the name of their part of the world (UN M.49), cities in order."""
    groups: dict[str, list[Choice]] = {}
    for name in _names():
        region = locale.territories[_REGIONS.get(name.split("/")[0], _ELSEWHERE)]
        city = get_timezone_location(name, locale, return_city=True)
        groups.setdefault(str(region).capitalize(), []).append(Choice(city, name))
    return {region: sorted(groups[region]) for region in sorted(groups)}


def zone_chosen(name: str | None) -> ZoneInfo | None:
    """Return the zone of that IANA name; None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _names() -> list[str]:
    """Return the zones that people live in (the zone database's `zone.tab`), and UTC."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return [row[_NAME_COLUMN].strip() for row in rows] + ["UTC"]
