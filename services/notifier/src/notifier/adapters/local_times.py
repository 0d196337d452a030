"""Times as a recipient reads them: in the own zone, in the own language (CLDR, through Babel)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_gmt, get_timezone_location
from babel.lists import format_list

from notifier.domain.slot import Slot

_BY_LANGUAGE = {"en": "en_GB", "fr": "fr_FR", "sl": "sl_SI"}
_DASH = "\N{EN DASH}"
_NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot in words; `weekday`, `day` and `month` are short, for a calendar leaf."""

    weekday: str
    day: str
    month: str
    date: str
    time: str
    zone: str

    @property
    def line(self) -> str:
        """The slot on one line, zone included."""
        return f"{self.date}, {self.time} ({self.zone})"


class LocalTimes:
    """Writes times for one recipient.

    An unknown zone is read as UTC; a language without rules of its own takes those of `language`.
    """

    def __init__(self, timezone: str, locale: str, language: str) -> None:
        self._zone = _zone(timezone)
        self._locale = _locale(locale, language)
        self._city = _city(self._zone, self._locale)

    def slot(self, slot: Slot) -> SlotView:
        """Return a slot in words."""
        start, end = (moment.astimezone(self._zone) for moment in (slot.start, slot.end))
        until = self._time(end)
        if end.date() != start.date():
            until = f"{self._date(end)}, {until}"
        return SlotView(
            weekday=format_date(start, "EEE", locale=self._locale).rstrip("."),
            day=format_date(start, "d", locale=self._locale),
            month=format_date(start, "MMM", locale=self._locale).rstrip("."),
            date=self._date(start),
            time=f"{self._time(start)}{_DASH}{until}",
            zone=self._zone_name(start),
        )

    def short(self, slot: Slot) -> str:
        """Return when a slot begins, as a subject has room for it."""
        start = slot.start.astimezone(self._zone)
        return f"{format_date(start, 'medium', locale=self._locale)}, {self._time(start)}"

    def moment(self, moment: datetime) -> str:
        """Return a moment in words, zone included."""
        local = moment.astimezone(self._zone)
        return f"{self._date(local)}, {self._time(local)} ({self._zone_name(local)})"

    def listed(self, names: tuple[str, ...]) -> str:
        """Return names as an enumeration."""
        return format_list(names, locale=self._locale)

    def _date(self, local: datetime) -> str:
        return format_date(local, "full", locale=self._locale)

    def _time(self, local: datetime) -> str:
        return format_time(local, "short", tzinfo=self._zone, locale=self._locale)

    def _zone_name(self, local: datetime) -> str:
        """Return the zone's city and its offset at that time; the offset alone for UTC."""
        offset = get_timezone_gmt(local, width="long", locale=self._locale)
        offset = offset.replace(" ", _NO_BREAK)
        if self._city is None:
            return offset
        return f"{self._city}, {offset}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _city(zone: ZoneInfo, locale: Locale) -> str | None:
    """Return the city that stands for a zone; a zone like Etc/GMT+5 has none."""
    if "/" not in zone.key or zone.key.startswith("Etc/"):
        return None
    return get_timezone_location(zone, locale=locale, return_city=True)


def _locale(tag: str, language: str) -> Locale:
    """Return the locale of a tag if it is one of the wording's language, else a plain one."""
    try:
        locale = Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        locale = None
    if locale is not None and locale.language == language and locale.territory is not None:
        return locale
    return Locale.parse(_BY_LANGUAGE[language])
