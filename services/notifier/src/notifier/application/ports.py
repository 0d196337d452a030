"""What the use cases need from the world outside."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from notifier.application.mail import ClaimedMail, Mail
from notifier.domain.booking import Booking
from notifier.domain.breakage import Breakage, Owner
from notifier.domain.notices import Notice
from notifier.domain.reminders import Timer
from notifier.domain.sending import Outcome

Clock = Callable[[], datetime]
"""Returns the present time, aware."""


class Bookings(Protocol):
    """Bookings as last heard of."""

    async def lock(self, booking_id: UUID) -> Booking | None:
        """Return the booking as last heard of, and keep others from changing it."""
        ...

    async def find(self, booking_id: UUID) -> Booking | None:
        """Return the booking as last heard of."""
        ...

    async def put(self, heard: Booking, document: bytes) -> None:
        """Replace what was heard; `document` is the booking as the event carried it."""
        ...


class Timers(Protocol):
    """Reminders to come."""

    async def replace(self, booking_id: UUID, timers: Sequence[Timer]) -> None:
        """Replace a booking's reminders."""
        ...

    async def due(self, now: datetime, most: int) -> Sequence[UUID]:
        """Return the bookings that have due reminders, those first that have waited longest."""
        ...

    async def take(self, booking_id: UUID, now: datetime) -> int | None:
        """Remove a booking's due reminders; return the least minutes before, None for none."""
        ...


class Calendars(Protocol):
    """Calendars and their owners, as last heard of."""

    async def lock(self, host_id: UUID) -> None:
        """Keep others from changing what is known of a host and the calendars."""
        ...

    async def writable(self, calendar_ids: Sequence[UUID]) -> Mapping[UUID, bool]:
        """Return which of the calendars that are known can be written."""
        ...

    async def put_owner(self, heard: Owner, revision: int) -> None:
        """Remember how to address a host."""
        ...

    async def put_calendar(
        self, calendar_id: UUID, *, connection_id: UUID, revision: int, writable: bool, broken: bool
    ) -> bool:
        """Remember a calendar; tell whether this was news."""
        ...

    async def note_breakage(self, found: Breakage, *, told: bool) -> None:
        """Remember that a connection broke, unless that is known already."""
        ...

    async def mend(self, connection_id: UUID) -> None:
        """Forget a breakage, once no calendar of the connection is broken any more."""
        ...

    async def take_untold(self, host_id: UUID) -> Sequence[tuple[Breakage, Owner]]:
        """Mark a host's breakages as told, if it is known how to tell; return them."""
        ...


class Ledger(Protocol):
    """Mails to be sent, each recorded once for ever."""

    async def record(self, mail: Mail, *, at: datetime) -> bool:
        """Record a mail that is to be sent; tell whether it was not recorded before."""
        ...

    async def record_refused(self, mail: Mail, *, at: datetime) -> None:
        """Record, and announce, a mail to an address that cannot be one."""
        ...

    async def promised_entry(self, booking_id: UUID) -> frozenset[UUID]:
        """Return the hosts who were told last that their entry follows by itself."""
        ...

    async def withdraw_reminders(self, booking_id: UUID, *, now: datetime) -> None:
        """Keep a booking's unsent reminders from being sent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """What one transaction works on."""

    bookings: Bookings
    timers: Timers
    calendars: Calendars
    ledger: Ledger


Transaction = Callable[[], AbstractAsyncContextManager[Stores]]
"""Opens a transaction: committed at the end of the block, undone when that fails."""


class Dispatch(Protocol):
    """The sending side of the ledger; each call is a transaction of its own."""

    async def claim(self, now: datetime, *, most: int, lease: timedelta) -> Sequence[ClaimedMail]:
        """Take due mails for the time of the lease; nobody else gets them meanwhile."""
        ...

    async def settle(
        self, claimed: ClaimedMail, outcome: Outcome, *, now: datetime, retry_at: datetime | None
    ) -> bool:
        """Mark what became of a mail and announce it; False when the lease was lost.

        Raises what messaging classifies as transient while the mark cannot be made.
        """
        ...


class Writer(Protocol):
    """Makes mails."""

    def write(self, notice: Notice, *, message_id: str, made_at: datetime) -> bytes:
        """Return the mail that tells a notice, as it goes over the wire."""
        ...

    def write_breakage(
        self, breakage: Breakage, owner: Owner, *, message_id: str, made_at: datetime
    ) -> bytes:
        """Return the mail that tells an owner of a broken connection."""
        ...


class Mailer(Protocol):
    """Hands mails to a mail server."""

    async def send(self, mail: Mail) -> Outcome:
        """Send one mail to its one recipient; never raises for what a server may answer."""
        ...
