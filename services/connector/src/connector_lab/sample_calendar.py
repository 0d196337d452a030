"""Builds the calendar that expansion is measured on: 590 VEVENTs, the same bytes for a seed.

500 single events over 18 months, 50 series (daily, weekly, every two weeks, monthly by weekday
and by day, some with COUNT or UNTIL, together 100 EXDATEs) and 40 RECURRENCE-ID overrides, in six
zones with RRULE-based VTIMEZONEs. `python -m connector_lab.sample_calendar > sample.ics` writes it.
"""

import random
import sys
from datetime import UTC, date, datetime, time, timedelta

from connector.domain.window import Window

WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 30, tzinfo=UTC))
SERIES = 50
SINGLES = 500
OVERRIDES = 40
EXCEPTIONS_PER_SERIES = 2

_ZONES = {
    "Europe/Paris": ("+0100", "+0200", "19701025T030000", "10;BYDAY=-1SU", "3;BYDAY=-1SU"),
    "Europe/London": ("+0000", "+0100", "19701025T020000", "10;BYDAY=-1SU", "3;BYDAY=-1SU"),
    "America/New_York": ("-0500", "-0400", "20071104T020000", "11;BYDAY=1SU", "3;BYDAY=2SU"),
    "America/Los_Angeles": ("-0800", "-0700", "20071104T020000", "11;BYDAY=1SU", "3;BYDAY=2SU"),
    "Australia/Sydney": ("+1000", "+1100", "20080406T030000", "4;BYDAY=1SU", "10;BYDAY=1SU"),
    "Asia/Kolkata": ("+0530", "+0530", "19700101T000000", "1;BYDAY=1TH", "7;BYDAY=1TH"),
}
_RULES = (
    "FREQ=DAILY",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYMONTHDAY=15",
)


def build_calendar(seed: int = 2026, *, series_begin: date | None = None) -> bytes:
    """Return the calendar as bytes; `series_begin` moves the DTSTART of every endless series."""
    return _Builder(seed, series_begin).build()


class _Builder:
    def __init__(self, seed: int, series_begin: date | None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._series_begin = series_begin
        self._lines: list[str] = []

    def build(self) -> bytes:
        self._lines += ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Entente//sample//EN"]
        for zone, rules in _ZONES.items():
            self._zone(zone, *rules)
        for number in range(SINGLES):
            self._single(number)
        for number in range(SERIES):
            self._series(number)
        self._lines.append("END:VCALENDAR")
        return "".join(f"{_folded(line)}\r\n" for line in self._lines).encode()

    def _zone(
        self,
        name: str,
        standard: str,
        summer: str,
        onset: str,
        *months: str,
    ) -> None:
        to_standard, to_summer = months
        self._lines += ["BEGIN:VTIMEZONE", f"TZID:{name}"]
        for kind, before, after, month in (
            ("STANDARD", summer, standard, to_standard),
            ("DAYLIGHT", standard, summer, to_summer),
        ):
            self._lines += [
                f"BEGIN:{kind}",
                f"TZOFFSETFROM:{before}",
                f"TZOFFSETTO:{after}",
                f"DTSTART:{onset}",
                f"RRULE:FREQ=YEARLY;BYMONTH={month}",
                f"END:{kind}",
            ]
        self._lines.append("END:VTIMEZONE")

    def _single(self, number: int) -> None:
        zone = self._random.choice(list(_ZONES))
        day = date(2025, 7, 1) + timedelta(days=self._random.randrange(548))
        start = datetime.combine(day, self._time())
        length = timedelta(minutes=self._random.choice((15, 30, 45, 60, 90, 120)))
        self._event(f"single-{number}", zone, start, start + length, [])

    def _series(self, number: int) -> None:
        zone = self._random.choice(list(_ZONES))
        rule = _RULES[number % len(_RULES)]
        begin = date(2025, 6, 1) + timedelta(days=self._random.randrange(200))
        ending = number % 5
        if ending == 1:
            rule += f";COUNT={self._random.randrange(40, 200)}"
        elif ending == 2:  # noqa: PLR2004 - every fifth series has an UNTIL
            rule += f";UNTIL=2026{self._random.randrange(4, 9):02}01T000000Z"
        elif self._series_begin is not None:
            begin = self._series_begin
        begin = _first_of(rule, begin)
        start = datetime.combine(begin, self._time())
        exceptions = [
            start + timedelta(days=7 * self._random.randrange(20, 45))
            for _ in range(EXCEPTIONS_PER_SERIES)
        ]
        stamps = ",".join(f"{moment:%Y%m%dT%H%M%S}" for moment in exceptions)
        uid = f"series-{number}"
        end = start + timedelta(minutes=self._random.choice((30, 60)))
        self._event(uid, zone, start, end, [f"RRULE:{rule}", f"EXDATE;TZID={zone}:{stamps}"])
        if number < OVERRIDES:
            self._override(uid, zone, start, end - start)

    def _override(self, uid: str, zone: str, first: datetime, length: timedelta) -> None:
        near = datetime(2026, 3, 1) + timedelta(days=self._random.randrange(50))  # noqa: DTZ001  # wall clock
        original = first + timedelta(days=(near - first).days // 7 * 7)
        start = original + timedelta(hours=self._random.choice((-2, 1, 3, 26)))
        recurrence_id = f"RECURRENCE-ID;TZID={zone}:{original:%Y%m%dT%H%M%S}"
        self._event(uid, zone, start, start + length, [recurrence_id])

    def _event(self, uid: str, zone: str, start: datetime, end: datetime, more: list[str]) -> None:
        self._lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}@sample.invalid",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}",
            f"DTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}",
            *more,
            f"SUMMARY:Meeting {uid} about the plan of the next quarter",
            "DESCRIPTION:An agenda of some length\\, as people paste it into invitations\\n"
            "with a second line and a link https://meet.invalid/" + uid,
            "LOCATION:Room 4",
            "STATUS:CONFIRMED",
            "SEQUENCE:0",
            "CLASS:PUBLIC",
            "END:VEVENT",
        ]

    def _time(self) -> time:
        return time(self._random.randrange(7, 20), self._random.choice((0, 15, 30, 45)))


def _first_of(rule: str, begin: date) -> date:
    """Return the first date from `begin` on that the rule itself picks."""
    wanted = {"BYDAY=MO": (0, 31), "BYDAY=TU": (1, 31), "BYDAY=2TU": (1, 14)}
    for part, (weekday, latest) in wanted.items():
        if part in rule.replace(",", ";"):
            earliest = latest - 6 if latest < 31 else 1  # noqa: PLR2004 - any day
            while begin.weekday() != weekday or not earliest <= begin.day <= latest:
                begin += timedelta(days=1)
            return begin
    if "BYMONTHDAY=15" in rule:
        return (begin.replace(day=1) + timedelta(days=31)).replace(day=15)
    return begin


def _folded(line: str) -> str:
    return "\r\n ".join(line[at : at + 74] for at in range(0, len(line), 74))


if __name__ == "__main__":
    sys.stdout.buffer.write(build_calendar())
