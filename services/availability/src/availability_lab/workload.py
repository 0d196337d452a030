"""Random events about a few hosts, with all that a topic may hold: repeats, late ones, ends."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from entente_contracts import BusyState as State
from entente_contracts import (
    CalendarChanged,
    CalendarChecked,
    CalendarFault,
    Envelope,
    Message,
    Occurrence,
)

from availability_lab.facts import BookingFacts, CalendarFacts, HostFacts, all_day, timed
from availability_lab.wire import End, Said, envelope

MONTHS = ("2026-11", "2026-12", "2027-01")
ZONES = ("UTC", "Europe/Ljubljana", "America/New_York", "Pacific/Auckland")
_REMEMBERED = 200


class Workload:
    """An endless source of records; the same seed tells the same story."""

    def __init__(self, seed: int, tenant_id: str, *, hosts: int = 4) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable, not secret
        self.hosts = [HostFacts(tenant_id) for _ in range(hosts)]
        self._calendars = [host.calendar() for host in self.hosts for _ in range(2)]
        self._bookings = [BookingFacts(host) for host in self.hosts for _ in range(3)]
        self._sent: list[tuple[Envelope, Said]] = []
        self._read: set[tuple[UUID, str, int]] = set()
        self._beginning: Iterator[Message] = iter(
            [host.changed() for host in self.hosts] + [it.connected() for it in self._calendars]
        )

    def records(self, count: int) -> list[tuple[Envelope, Said]]:
        """Return the next records; one in ten has been told before."""
        found: list[tuple[Envelope, Said]] = []
        for _ in range(count):
            if self._sent and self._random.random() < 0.1:  # noqa: PLR2004 - one in ten
                found.append(self._random.choice(self._sent))
                continue
            said = next(self._beginning, None) or self._next()
            found.append((envelope(said), said))
            self._sent = [*self._sent, found[-1]][-_REMEMBERED:]
        return found

    def _next(self) -> Said:
        calendar = self._random.choice(self._calendars)
        kinds: Mapping[Callable[[], Said], int] = {
            lambda: self._picture(calendar): 60,
            lambda: self._picture(calendar, late=True): 6,
            lambda: calendar.checked(as_of=self._instant()): 8,
            lambda: self._end(calendar, CalendarChanged, self._random.choice(MONTHS)): 5,
            lambda: self._end(calendar, CalendarChecked, CalendarChecked.KEY_SUFFIX): 2,
            lambda: self._move(self._random.choice(self.hosts)): 3,
            lambda: self._switch(calendar): 6,
            lambda: self._book(self._random.choice(self._bookings)): 10,
        }
        (say,) = self._random.choices(list(kinds), list(kinds.values()))
        return say()

    def _picture(self, calendar: CalendarFacts, *, late: bool = False) -> Message:
        """Return a month; one that is late is of an earlier reading, of which nothing was told."""
        month = self._random.choice(MONTHS)
        occurrences = [self._occurrence(month) for _ in range(self._random.randrange(6))]
        revision = max(1, calendar.reading - 3)
        if not late or (calendar.calendar_id, month, revision) in self._read:
            revision = calendar.reading + 1
        self._read.add((calendar.calendar_id, month, revision))
        calendar.reading = max(calendar.reading, revision)
        return calendar.picture(month, *occurrences, revision=revision)

    def _occurrence(self, month: str) -> Occurrence:
        day, hour = self._random.randrange(1, 28), self._random.randrange(20)
        state = self._random.choice((State.BUSY, State.TENTATIVE, State.FREE, State.UNKNOWN))
        name = f"{day}-{hour}"
        if self._random.random() < 0.2:  # noqa: PLR2004 - one in five
            return all_day(f"{month}-{day:02}", f"{month}-{day + 1:02}", state, name=name)
        start = datetime.fromisoformat(f"{month}-{day:02}T{hour:02}:00+00:00")
        end = start + timedelta(minutes=self._random.randrange(15, 240))
        booking = self._random.choice((None, None, self._random.choice(self._bookings)))
        booking_id = booking.booking_id if booking else None
        return timed(start, end, state, name=name, booking_id=booking_id)

    def _move(self, host: HostFacts) -> Message:
        return host.changed(zone=self._random.choice(ZONES))

    def _switch(self, calendar: CalendarFacts) -> Message:
        match self._random.randrange(5):
            case 0:
                return calendar.switched(blocks=False)
            case 1:
                return calendar.degraded()
            case 2:
                return calendar.disconnected(CalendarFault.AUTHENTICATION)
            case 3:
                return calendar.disconnected(CalendarFault.REQUESTED)
            case _:
                return calendar.connected()

    def _book(self, booking: BookingFacts) -> Message:
        day = self._random.randrange(1, 28)
        first, second = f"2026-12-{day:02}T10:00", f"2026-12-{day:02}T11:00"
        match self._random.randrange(3):
            case 0:
                third = f"2026-12-{day:02}T12:00"
                return booking.held((first, second), (second, third), buffer=timedelta(minutes=10))
            case 1:
                return booking.booked(first, second)
            case _:
                return booking.cancelled()

    def _end(self, calendar: CalendarFacts, kind: type[Message], what: str) -> End:
        calendar.reading += 1
        return End(
            kind,
            f"{calendar.calendar_id}:{what}",
            str(calendar.calendar_id),
            calendar.reading,
            calendar.host.tenant_id,
        )

    def _instant(self) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=self._random.randrange(1000))
