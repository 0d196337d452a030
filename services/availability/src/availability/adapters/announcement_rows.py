"""What was announced, and the marks of what may have changed since, as rows."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC
from hashlib import sha256
from operator import attrgetter
from typing import Any
from uuid import UUID

from entente_contracts import BusyTimeChanged
from messaging import propagation
from messaging.outbox import Outbox
from opentelemetry.context import Context
from pydantic_core import to_json
from sqlalchemy import Select, Table, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.tables import (
    announced_month,
    announced_overlaps,
    calendar,
    calendar_month,
    claim,
    host_change,
)
from availability.application.announce import (
    MarkedHost,
    MonthToEnd,
    MonthToTell,
    OverlapsToTell,
)
from availability.application.told import busy_time_changed, overlap_detected
from availability.domain.months import month_name, month_of

_OUTBOX = Outbox("/availability")
_MILLISECONDS = 1000
_OLDEST_MARKS = 10_000
_NOTHING = b""

# One announcer at a time, in all processes: revisions of a host must enter the outbox in order.
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('availability.announcer', 0))")


class PostgresAnnouncements:
    """`Announcements` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._traces: dict[tuple[UUID, int | None], Context] = {}

    async def take(self, most: int) -> Sequence[MarkedHost]:
        """Remove the marks of those hosts that have waited longest; return the hosts."""
        if not (await self._session.execute(_TRY_LOCK)).scalar_one():
            return ()
        oldest = (
            select(host_change.c.host_id).order_by(host_change.c.id).limit(_OLDEST_MARKS).subquery()
        )
        chosen = select(oldest.c.host_id).distinct().limit(most).scalar_subquery()
        marks = await self._session.execute(
            delete(host_change).where(host_change.c.host_id.in_(chosen)).returning(host_change)
        )
        tenants: dict[UUID, str] = {}
        months: dict[UUID, set[int | None]] = {}
        for mark in sorted(marks, key=attrgetter("id")):
            tenants[mark.host_id] = mark.tenant_id
            headers = [(name, value.encode()) for name, value in mark.trace.items()]
            trace = propagation.extract(headers)
            self._traces[mark.host_id, mark.month] = self._traces[mark.host_id, None] = trace
            months.setdefault(mark.host_id, set()).add(mark.month)
        return await self._marked(tenants, months) if tenants else ()

    async def tell(
        self,
        months: Collection[MonthToTell | MonthToEnd],
        overlaps: Collection[OverlapsToTell],
        *,
        now: int,
    ) -> None:
        """Announce what differs, with a revision above the last one.

        Revisions are milliseconds, so that they go on growing when this database is lost.
        """
        known = await self._announced(months)
        for told in months:
            revision, digest = known.get((told.host_id, told.month), (0, _NOTHING))
            newer = max(revision + 1, now * _MILLISECONDS)
            with self._caused(told.host_id, told.month):
                if isinstance(told, MonthToTell):
                    await self._tell_month(told, newer, digest)
                elif digest:
                    await self._end_month(told, newer)
        for told in overlaps:
            with self._caused(told.host_id, None):
                await self._tell_overlaps(told, now * _MILLISECONDS)

    def _caused(self, host_id: UUID, month: int | None) -> AbstractContextManager[None]:
        """Make what is announced part of the trace of the month's last change, or of the host's."""
        of_host = self._traces.get((host_id, None), Context())
        return propagation.attached(self._traces.get((host_id, month), of_host))

    async def _marked(
        self, tenants: Mapping[UUID, str], months: Mapping[UUID, set[int | None]]
    ) -> Sequence[MarkedHost]:
        host_ids = list(tenants)
        pictured = await self._months(
            select(calendar.c.host_id, calendar_month.c.month)
            .join(calendar_month, calendar_month.c.calendar_id == calendar.c.calendar_id)
            .where(calendar.c.host_id.in_(host_ids), calendar.c.blocks, ~calendar.c.removed)
            .where(calendar_month.c.as_of.is_not(None))
            .distinct()
        )
        announced = await self._months(
            select(announced_month.c.host_id, announced_month.c.month).where(
                announced_month.c.host_id.in_(host_ids)
            )
        )
        booked = await self._booked_months(host_ids)
        overlapped = set(
            await self._session.scalars(
                select(announced_overlaps.c.host_id)
                .where(announced_overlaps.c.host_id.in_(host_ids))
                .where(announced_overlaps.c.digest != _NOTHING)
            )
        )
        marked: list[MarkedHost] = []
        for host_id, tenant_id in tenants.items():
            of_host = pictured.get(host_id, set())
            concerned = {month for month in months[host_id] if month is not None}
            if None in months[host_id]:
                concerned |= of_host | announced.get(host_id, set()) | booked.get(host_id, set())
            marked.append(
                MarkedHost(
                    host_id,
                    tenant_id,
                    frozenset(concerned),
                    max(of_host, default=None),
                    host_id in overlapped,
                )
            )
        return marked

    async def _months(self, query: Select[UUID, int]) -> dict[UUID, set[int]]:
        found: dict[UUID, set[int]] = {}
        for row in await self._session.execute(query):
            found.setdefault(row.host_id, set()).add(row.month)
        return found

    async def _booked_months(self, host_ids: Sequence[UUID]) -> dict[UUID, set[int]]:
        found: dict[UUID, set[int]] = {}
        rows = await self._session.execute(
            select(claim.c.host_id, claim.c.reaches_from, claim.c.reaches_until)
            .where(claim.c.host_id.in_(host_ids))
            .where(claim.c.reaches_until > func.now())
        )
        for row in rows:
            first, last = (
                month_of(it.astimezone(UTC).date()) for it in (row.reaches_from, row.reaches_until)
            )
            found.setdefault(row.host_id, set()).update(range(first, last + 1))
        return found

    async def _announced(
        self, months: Collection[MonthToTell | MonthToEnd]
    ) -> dict[tuple[UUID, int], tuple[int, bytes]]:
        rows = await self._session.execute(
            select(announced_month).where(
                announced_month.c.host_id.in_({told.host_id for told in months})
            )
        )
        return {(row.host_id, row.month): (row.revision, row.digest) for row in rows}

    async def _tell_month(self, told: MonthToTell, revision: int, announced: bytes) -> None:
        digest = sha256(to_json(told.busy)).digest()
        if digest == announced:
            return
        await self._keep(
            announced_month,
            {
                "host_id": told.host_id,
                "month": told.month,
                "tenant_id": told.tenant_id,
                "revision": revision,
                "digest": digest,
            },
        )
        await _OUTBOX.add(self._session, busy_time_changed(told, revision=revision))

    async def _end_month(self, told: MonthToEnd, revision: int) -> None:
        await self._session.execute(
            delete(announced_month)
            .where(announced_month.c.host_id == told.host_id)
            .where(announced_month.c.month == told.month)
        )
        await _OUTBOX.add_tombstone(
            self._session,
            BusyTimeChanged,
            key=BusyTimeChanged.key_for(told.host_id, month_name(told.month)),
            subject=str(told.host_id),
            version=revision,
            tenant_id=told.tenant_id,
        )

    async def _tell_overlaps(self, told: OverlapsToTell, revision: int) -> None:
        nothing = told.complete and not told.overlaps
        digest = _NOTHING if nothing else sha256(to_json((told.overlaps, told.complete))).digest()
        query = select(announced_overlaps).where(announced_overlaps.c.host_id == told.host_id)
        known = (await self._session.execute(query)).one_or_none()
        if digest == (known.digest if known else _NOTHING):
            return
        newer = max(revision, known.revision + 1) if known else revision
        await self._keep(
            announced_overlaps,
            {
                "host_id": told.host_id,
                "tenant_id": told.tenant_id,
                "revision": newer,
                "digest": digest,
            },
        )
        await _OUTBOX.add(self._session, overlap_detected(told, revision=newer))

    async def _keep(self, table: Table, values: Mapping[str, Any]) -> None:
        await self._session.execute(
            insert(table)
            .values(values)
            .on_conflict_do_update(index_elements=list(table.primary_key), set_=dict(values))
        )
