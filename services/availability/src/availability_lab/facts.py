"""Events as other services would publish them, written shortly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from entente_contracts import (
    AllDayOccurrence,
    BookedHost,
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingEvent,
    BookingProposed,
    BookingStatus,
    BusyState,
    CalendarChanged,
    CalendarChecked,
    CalendarConnected,
    CalendarDegraded,
    CalendarDisconnected,
    CalendarEvent,
    CalendarFault,
    CalendarSettingsChanged,
    CalendarState,
    CalendarStatus,
    Capabilities,
    Claim,
    ClaimState,
    Conferencing,
    EntryState,
    Guest,
    Horizon,
    HostChanged,
    HostStatus,
    LocalRange,
    MeetingType,
    Notifier,
    Occurrence,
    Option,
    PartyRole,
    Provider,
    TimedOccurrence,
    TimeRange,
    WeekdayHours,
    WorkingHours,
)

NINE_TO_FIVE = WorkingHours(
    weekly=tuple(
        WeekdayHours(weekday=day, hours=(LocalRange(start="09:00", end="17:00"),))
        for day in range(1, 6)
    )
)
_CAPABILITIES = Capabilities(
    read=True,
    write=True,
    holds=True,
    push=False,
    delta=False,
    freebusy_only=False,
    conferencing=Conferencing.NONE,
    two_way=True,
    sends_own_invites=False,
    max_staleness_seconds=900,
)


def at(text: str) -> datetime:
    """Read an instant; without an offset it is UTC."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def timed(
    start: str | datetime,
    end: str | datetime,
    state: BusyState = BusyState.BUSY,
    *,
    name: str | None = None,
    booking_id: UUID | None = None,
) -> TimedOccurrence:
    """Return an occurrence; it has a name of its own unless one is given."""
    return TimedOccurrence(
        start=at(start) if isinstance(start, str) else start,
        end=at(end) if isinstance(end, str) else end,
        state=state,
        id=name or uuid4().hex,
        booking_id=booking_id,
    )


def all_day(
    first: str, after: str, state: BusyState = BusyState.BUSY, *, name: str | None = None
) -> AllDayOccurrence:
    """Return an occurrence of whole dates."""
    return AllDayOccurrence(
        start_date=date.fromisoformat(first),
        end_date=date.fromisoformat(after),
        state=state,
        id=name or uuid4().hex,
    )


@dataclass
class HostFacts:
    """A host and what is told of it."""

    tenant_id: str
    host_id: UUID = field(default_factory=uuid4)
    revision: int = 0

    def changed(
        self,
        *,
        zone: str = "UTC",
        hours: WorkingHours = NINE_TO_FIVE,
        status: HostStatus = HostStatus.ACTIVE,
        revision: int | None = None,
    ) -> HostChanged:
        """Return the host as it is since its next revision."""
        self.revision += 1
        return HostChanged(
            tenant_id=self.tenant_id,
            host_id=self.host_id,
            owner="user",
            name="Ana Kovač",
            address="ana@acme.example",
            timezone=zone,
            locale="sl-SI",
            working_hours=hours,
            status=status,
            revision=revision or self.revision,
            changed_at=datetime.now(UTC),
        )

    def calendar(self) -> "CalendarFacts":
        """Return a new calendar of the host."""
        return CalendarFacts(self)


@dataclass
class CalendarFacts:
    """A calendar and what is told of it."""

    host: HostFacts
    calendar_id: UUID = field(default_factory=uuid4)
    revision: int = 0
    reading: int = 0

    def connected(self, *, blocks: bool = True) -> CalendarConnected:
        """Return the calendar, connected."""
        return self._event(CalendarConnected, CalendarStatus.CONNECTED, blocks=blocks)

    def switched(self, *, blocks: bool) -> CalendarSettingsChanged:
        """Return the calendar with the owner's switch set."""
        return self._event(CalendarSettingsChanged, CalendarStatus.CONNECTED, blocks=blocks)

    def degraded(self, fault: CalendarFault = CalendarFault.NETWORK) -> CalendarDegraded:
        """Return the calendar, in trouble."""
        return self._event(CalendarDegraded, CalendarStatus.DEGRADED, fault=fault)

    def disconnected(self, fault: CalendarFault) -> CalendarDisconnected:
        """Return the calendar, disconnected."""
        return self._event(CalendarDisconnected, CalendarStatus.DISCONNECTED, fault=fault)

    def picture(
        self,
        month: str,
        *occurrences: Occurrence,
        revision: int | None = None,
        as_of: datetime | None = None,
    ) -> CalendarChanged:
        """Return a whole month as a reading found it."""
        if revision is None:
            self.reading += 1
        return CalendarChanged(
            tenant_id=self.host.tenant_id,
            calendar_id=self.calendar_id,
            host_id=self.host.host_id,
            month=month,
            revision=revision or self.reading,
            as_of=as_of or datetime.now(UTC),
            occurrences=occurrences,
        )

    def checked(
        self, *, as_of: datetime | None = None, revision: int | None = None
    ) -> CalendarChecked:
        """Return that a reading found nothing new."""
        self.reading += 1
        return CalendarChecked(
            tenant_id=self.host.tenant_id,
            calendar_id=self.calendar_id,
            host_id=self.host.host_id,
            revision=revision or self.reading,
            as_of=as_of or datetime.now(UTC),
        )

    def _event(
        self,
        kind: type[Any],
        status: CalendarStatus,
        *,
        blocks: bool = True,
        fault: CalendarFault | None = None,
    ) -> Any:
        self.revision += 1
        event: CalendarEvent = kind(
            tenant_id=self.host.tenant_id,
            calendar=CalendarState(
                calendar_id=self.calendar_id,
                connection_id=uuid4(),
                host_id=self.host.host_id,
                provider=Provider.CALDAV,
                name="Work",
                capabilities=_CAPABILITIES,
                blocks_availability=blocks,
                visible_to_owner=True,
                is_default=False,
                status=status,
                reason=fault,
                horizon=Horizon(first="2026-01", last="2027-12"),
                revision=self.revision,
                changed_at=datetime.now(UTC),
            ),
        )
        return event


@dataclass
class BookingFacts:
    """A booking and what is told of it."""

    host: HostFacts
    booking_id: UUID = field(default_factory=uuid4)
    revision: int = 0
    options: tuple[Option, ...] = ()
    slot: TimeRange | None = None
    previous_slot: TimeRange | None = None

    def held(self, *spans: tuple[str, str], buffer: timedelta = timedelta(0)) -> BookingProposed:
        """Return the booking with dates that are held."""
        self.options = tuple(
            Option(id=uuid4(), uid=str(uuid4()), start=at(start), end=at(end))
            for start, end in spans
        )
        return self._event(BookingProposed, BookingStatus.PROPOSED, spans, ClaimState.HELD, buffer)

    def booked(self, start: str, end: str, *, buffer: timedelta = timedelta(0)) -> BookingConfirmed:
        """Return the booking, confirmed, or moved if it was confirmed before."""
        spans = ((start, end),)
        self.previous_slot, self.slot = self.slot, TimeRange(start=at(start), end=at(end))
        return self._event(
            BookingConfirmed, BookingStatus.CONFIRMED, spans, ClaimState.BOOKED, buffer
        )

    def cancelled(self) -> BookingCancelled:
        """Return the booking at its end."""
        return self._event(
            BookingCancelled, BookingStatus.CANCELLED, (), ClaimState.BOOKED, timedelta(0)
        )

    def _event(
        self,
        kind: type[Any],
        status: BookingStatus,
        spans: Sequence[tuple[str, str]],
        state: ClaimState,
        buffer: timedelta,
    ) -> Any:
        self.revision += 1
        minutes = int(buffer.total_seconds() // 60)
        claims = tuple(
            Claim(
                start=at(start),
                end=at(end),
                host_id=self.host.host_id,
                state=state,
                buffer_before_minutes=minutes,
                buffer_after_minutes=minutes,
            )
            for start, end in spans
        )
        event: BookingEvent = kind(
            tenant_id=self.host.tenant_id,
            booking=Booking(
                booking_id=self.booking_id,
                revision=self.revision,
                status=status,
                initiator=PartyRole.HOST,
                meeting_type=MeetingType(id=uuid4(), title="Call", duration_minutes=30),
                hosts=(
                    BookedHost(
                        host_id=self.host.host_id,
                        name="Ana Kovač",
                        address="ana@acme.example",
                        timezone="UTC",
                        locale="sl-SI",
                    ),
                ),
                guest=Guest(
                    name="Tomás Ruiz",
                    address="tomas@client.example",
                    timezone="Europe/Madrid",
                    locale="es-ES",
                ),
                options=self.options,
                slot=self.slot,
                previous_slot=self.previous_slot,
                claims=claims,
                timezone="UTC",
                uid=f"{self.booking_id}@entente.acme.example",
                sequence=0,
                title="Call",
                entry=EntryState.NONE,
                notifier=Notifier.ENTENTE,
                changed_at=datetime.now(UTC),
            ),
        )
        return event
