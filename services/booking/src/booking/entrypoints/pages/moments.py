"""Dates and times as people read them, on one clock and by one locale's habits."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_interval,
    format_skeleton,
    format_time,
    get_timezone_gmt,
    get_timezone_location,
)


class Span(Protocol):
    """What starts and ends; both moments are aware."""

    @property
    def start(self) -> datetime:
        """The first moment."""
        ...

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        ...


@dataclass(frozen=True, slots=True)
class WallClock:
    """Tells moments as the clock in `zone` shows them, written as `locale` writes."""

    zone: ZoneInfo
    locale: Locale

    def local(self, moment: datetime) -> datetime:
        """Return the moment on this clock."""
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> str:
        """Return the day with weekday, month and year."""
        return format_date(self.local(moment).date(), "full", self.locale)

    def short_day(self, day: date) -> str:
        """Return a day with weekday and month, abbreviated."""
        return format_skeleton("MMMEd", _noon(day), locale=self.locale)

    def weekday(self, day: date) -> str:
        """Return a day's weekday, abbreviated."""
        return format_date(day, "EEE", self.locale)

    def month_day(self, day: date) -> str:
        """Return a day without its weekday and year, abbreviated."""
        return format_skeleton("MMMd", _noon(day), locale=self.locale)

    def time(self, moment: datetime) -> str:
        """Return the time of day; with its offset where the clock shows it twice that day."""
        local = self.local(moment)
        told = format_time(local, "short", self.zone, self.locale)
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
            return told
        return f"{told} ({get_timezone_gmt(local, 'long', self.locale)})"

    def hours(self, span: Span) -> str:
        """Return from when until when, without the day it begins on."""
        start, end = self.local(span.start), self.local(span.end)
        if start.date() == end.date():
            return f"{self.time(start)} – {self.time(end)}"  # noqa: RUF001  # how ranges are set
        return f"{self.time(start)} – {self.short_day(end.date())}, {self.time(end)}"  # noqa: RUF001  # how ranges are set

    def days(self, first: date, last: date) -> str:
        """Return a range of days."""
        return format_interval(first, last, "yMMMd", locale=self.locale)

    def place(self, moment: datetime) -> str:
        """Return the clock's name: its city, and how far it is from Greenwich at the moment."""
        city = get_timezone_location(self.zone, self.locale, return_city=True)
        return f"{city}, {get_timezone_gmt(self.local(moment), 'long', self.locale)}"


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001  # only its date is shown
