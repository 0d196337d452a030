"""Bookings for a batch of records: read and locked at once, stored at once."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

from messaging.delivery import Arrival
from sqlalchemy.ext.asyncio import AsyncSession

from booking.adapters.postgres import statements
from booking.adapters.postgres.bookings import PostgresBookings, state_of
from booking.adapters.postgres.database import Database, Row, SessionDatabase
from booking.adapters.postgres.documents import BOOKING
from booking.adapters.postgres.outbox_rows import outbox_rows
from booking.application.announcements import messages_of
from booking.application.errors import OutrunError
from booking.application.ports import Receipt
from booking.application.roster import Roster
from booking.domain.booking import Booking, Transition
from booking.domain.claims import claims_of

_HOST_IDS = 4  # the one column of `state_of` that holds lists; lists of lists have to be text

BookingsOfBatch = Callable[
    [AsyncSession, Collection[UUID]], AbstractAsyncContextManager["BatchedBookings"]
]


def batched_bookings_in(link_key: bytes) -> BookingsOfBatch:
    """Return what opens the bookings that a batch is about, in a session's transaction."""

    @asynccontextmanager
    async def opened(
        session: AsyncSession, booking_ids: Collection[UUID]
    ) -> AsyncGenerator[BatchedBookings]:
        bookings = BatchedBookings(SessionDatabase(session), link_key=link_key)
        await bookings.hold(booking_ids)
        yield bookings
        await bookings.flush()

    return opened


class BatchedBookings(PostgresBookings):
    """`Bookings` in one transaction that keeps back what is stored, and then writes it at once.

    Only changes that leave the claims as they are can wait. Whatever else is asked of the database
    sees them: they are written before.
    """

    def __init__(self, database: Database, *, link_key: bytes) -> None:
        super().__init__(_After(self.flush, database), link_key=link_key)
        self._behind = database
        self._held: dict[UUID, Booking] = {}
        self._waiting: list[tuple[Transition, Arrival | None]] = []

    async def hold(self, booking_ids: Collection[UUID]) -> None:
        """Read the bookings and keep others from changing them, in the order of their ids."""
        rows = await self._behind.fetch(
            "SELECT state::text FROM booking WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE",
            list(set(booking_ids)),
        )
        found = (BOOKING.read(row["state"]) for row in rows)
        self._held = {booking.id: booking for booking in found}

    async def load(self, booking_id: UUID) -> Booking | None:
        """Return the booking, whatever its tenant."""
        return self._held.get(booking_id) or await super().load(booking_id)

    async def store(
        self,
        transition: Transition,
        *,
        receipt: Receipt | None = None,
        cause: Arrival | None = None,
        resting_on: Roster | None = None,
    ) -> None:
        """Keep everything the transition brings: at once, or with what else waits."""
        before, after = transition.before, transition.after
        is_held = after.id in self._held
        can_wait = before is not None and claims_of(before) == claims_of(after) and not receipt
        if is_held and can_wait:
            if self._held[after.id] is not before:
                raise OutrunError(f"another change came before booking {after.id} {after.revision}")
            self._waiting.append((transition, cause))
        else:
            await super().store(transition, receipt=receipt, cause=cause, resting_on=resting_on)
        if is_held:
            self._held[after.id] = after

    async def flush(self) -> None:
        """Write what waits: each booking as it is now, all messages in their order."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        revisions: dict[UUID, int] = {}
        messages: tuple[list[Any], ...] = ([], [], [], [], [])
        for transition, cause in waiting:
            after = transition.after
            revisions[after.id] = revisions.get(after.id, after.revision - 1)
            rows = outbox_rows(messages_of(transition), story=after.id, cause=cause)
            for column, values in zip(messages, rows, strict=True):
                column.extend(values)
        states = [state_of(self._held[booking_id]) for booking_id in revisions]
        columns = [list(column) for column in zip(*states, strict=True)]
        columns[_HOST_IDS] = [f"{{{','.join(map(str, ids))}}}" for ids in columns[_HOST_IDS]]
        rows = await self._behind.fetch(
            statements.UPDATE_ALL, *columns, *messages, list(revisions.values())
        )
        if rows[0]["stored"] != len(revisions):
            raise OutrunError("another change came before one of a batch")


class _After:
    """A `Database` that does something before each statement."""

    def __init__(self, first: Callable[[], Awaitable[None]], database: Database) -> None:
        self._first = first
        self._database = database

    async def fetch(self, statement: str, *values: Any) -> Sequence[Row]:
        """Return the rows."""
        await self._first()
        return await self._database.fetch(statement, *values)
