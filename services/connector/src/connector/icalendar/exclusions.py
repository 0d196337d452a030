"""The instances that EXDATE and EXRULE take out of a series, in whichever type they come."""

from datetime import UTC, date, datetime

from connector.domain.limits import Work
from connector.icalendar.event import Event, Moment, in_utc


class Exclusions:
    """The excluded dates and instants of one master.

    A date excludes every instance on that date of the series' own wall clock; in a series of
    dates a time excludes the date that is written in it.
    """

    def __init__(self, master: Event, work: Work) -> None:
        start = master.start
        self._zone = start.tzinfo if isinstance(start, datetime) else None
        self._timed = isinstance(start, datetime)
        self._instants: set[datetime] = set()
        self._dates: set[date] = set()
        for moment in master.excluded_dates:
            work.spend(1)
            self.add(moment)

    def add(self, moment: Moment) -> None:
        """Exclude the instance that starts at a moment, or all of a date."""
        if not isinstance(moment, datetime):
            self._dates.add(moment)
        elif self._timed:
            self._instants.add(in_utc(moment, self._zone))
        else:
            self._dates.add(moment.date())

    def __contains__(self, key: Moment) -> bool:
        """Tell whether the instance with that date or UTC instant is excluded."""
        if key in self._instants:
            return True
        if not self._dates:
            return False
        if isinstance(key, datetime):
            key = key.astimezone(self._zone or UTC).date()
        return key in self._dates
