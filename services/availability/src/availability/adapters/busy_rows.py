"""Busy time as rows: months are replaced as a whole."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.tables import busy, busy_date, busy_state, calendar_check, calendar_month
from availability.adapters.unnest import unnested
from availability.application.changes import HostChange
from availability.application.project_busy_time import CheckEnd, MonthEnd
from availability.domain.calendar_check import CalendarCheck
from availability.domain.month_picture import MonthPicture, midnight
from availability.domain.months import month_dates

_MonthKey = tuple[UUID, int]


class PostgresBusyTime:
    """`BusyTime` within the session's transaction.

    Statement follows statement, not one large one: only a later statement sees the rows that a
    concurrent copy of the same record wrote while the first one waited for the month's lock.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, pictures: Collection[MonthPicture]) -> Collection[HostChange]:
        """Replace whole months; return which months of which hosts that may change."""
        if not pictures:
            return ()
        accepted = await self._accept(pictures)
        newer = [it for it in pictures if (it.calendar_id, it.month) in accepted]
        if not newer:
            return ()
        touched = await self._clear([(it.calendar_id, it.month) for it in newer])
        await self._fill(newer)
        return {
            HostChange(picture.host_id, picture.tenant_id, month)
            for picture in newer
            for month in {
                *picture.touched_months,
                *touched.get((picture.calendar_id, picture.month), ()),
            }
        }

    async def end(self, ends: Collection[MonthEnd]) -> Collection[HostChange]:
        """Forget months, but for the revision that keeps older records out."""
        if not ends:
            return ()
        month = calendar_month.c
        given = unnested(
            {
                month.calendar_id: [end.calendar_id for end in ends],
                month.month: [end.month for end in ends],
                month.revision: [end.revision for end in ends],
            }
        )
        rows = await self._session.execute(
            update(calendar_month)
            .where(month.calendar_id == given.c.calendar_id, month.month == given.c.month)
            .where(given.c.revision.is_(None) | (month.revision <= given.c.revision))
            .values(as_of=None, revision=func.greatest(month.revision, given.c.revision))
            .returning(month.calendar_id, month.month, month.host_id, month.tenant_id)
        )
        ended = rows.all()
        touched = await self._clear([(row.calendar_id, row.month) for row in ended])
        return {
            HostChange(row.host_id, row.tenant_id, month)
            for row in ended
            for month in {row.month, *touched.get((row.calendar_id, row.month), ())}
        }

    async def check(self, checks: Collection[CalendarCheck]) -> None:
        """Note when calendars were read."""
        if not checks:
            return
        ordered = sorted(checks)
        columns = calendar_check.c
        given = unnested(
            {
                columns.calendar_id: [check.calendar_id for check in ordered],
                columns.revision: [check.revision for check in ordered],
                columns.as_of: [check.as_of for check in ordered],
            }
        )
        statement = upsert(calendar_check).from_select(list(given.c.keys()), select(given))
        new = statement.excluded
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[columns.calendar_id],
                set_={"revision": new.revision, "as_of": new.as_of},
                where=columns.revision <= new.revision,
            )
        )

    async def forget_checks(self, ends: Collection[CheckEnd]) -> None:
        """Forget when calendars were read."""
        if not ends:
            return
        columns = calendar_check.c
        given = unnested(
            {
                columns.calendar_id: [end.calendar_id for end in ends],
                columns.revision: [end.revision for end in ends],
            }
        )
        await self._session.execute(
            delete(calendar_check).where(
                columns.calendar_id == given.c.calendar_id,
                given.c.revision.is_(None) | (columns.revision <= given.c.revision),
            )
        )

    async def _accept(self, pictures: Collection[MonthPicture]) -> set[_MonthKey]:
        """Note the pictures' revisions; return the months of which they are the newest."""
        ordered = sorted(pictures, key=lambda it: (it.calendar_id, it.month))
        month = calendar_month.c
        given = unnested(
            {
                month.calendar_id: [it.calendar_id for it in ordered],
                month.month: [it.month for it in ordered],
                month.host_id: [it.host_id for it in ordered],
                month.tenant_id: [it.tenant_id for it in ordered],
                month.revision: [it.revision for it in ordered],
                month.as_of: [it.as_of for it in ordered],
            }
        )
        statement = upsert(calendar_month).from_select(list(given.c.keys()), select(given))
        new = statement.excluded
        rows = await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[month.calendar_id, month.month],
                set_={
                    "host_id": new.host_id,
                    "tenant_id": new.tenant_id,
                    "revision": new.revision,
                    "as_of": new.as_of,
                },
                where=month.revision <= new.revision,
            ).returning(month.calendar_id, month.month)
        )
        return {(row.calendar_id, row.month) for row in rows}

    async def _clear(self, months: Sequence[_MonthKey]) -> dict[_MonthKey, set[int]]:
        """Delete the rows of months; return the months beside them that their dates reached."""
        if not months:
            return {}
        bounds = [month_dates(month) for _, month in months]
        timed = unnested(
            {
                busy.c.calendar_id: [calendar_id for calendar_id, _ in months],
                busy.c.starts: [midnight(first) for first, _ in bounds],
                busy.c.ends: [midnight(after) for _, after in bounds],
            }
        )
        await self._session.execute(
            delete(busy).where(
                busy.c.calendar_id == timed.c.calendar_id,
                busy.c.starts >= timed.c.starts,
                busy.c.starts < timed.c.ends,
            )
        )
        dated = unnested(
            {
                busy_date.c.calendar_id: [calendar_id for calendar_id, _ in months],
                busy_date.c.month: [month for _, month in months],
            }
        )
        rows = await self._session.execute(
            delete(busy_date)
            .where(busy_date.c.calendar_id == dated.c.calendar_id)
            .where(busy_date.c.month == dated.c.month)
            .returning(
                busy_date.c.calendar_id,
                busy_date.c.month,
                busy_date.c.start_date,
                busy_date.c.end_date,
            )
        )
        reached: dict[_MonthKey, set[int]] = {}
        for row in rows:
            beside = reached.setdefault((row.calendar_id, row.month), set())
            first, after = month_dates(row.month)
            if row.start_date == first:
                beside.add(row.month - 1)
            if row.end_date == after:
                beside.add(row.month + 1)
        return reached

    async def _fill(self, pictures: Sequence[MonthPicture]) -> None:
        timed = [(it.calendar_id, *row) for it in pictures for row in it.timed]
        if timed:
            names = ("calendar_id", "starts", "ends", "state", "occurrence_id", "booking_id")
            await self._insert(busy, names, timed)
        dated = [(it.calendar_id, it.month, *row) for it in pictures for row in it.dated]
        if dated:
            names = (
                *("calendar_id", "month", "start_date", "end_date"),
                *("state", "occurrence_id", "booking_id"),
            )
            await self._insert(busy_date, names, dated)

    async def _insert(
        self, table: Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> None:
        columns = zip(*rows, strict=True)
        given = unnested({table.c[n]: values for n, values in zip(names, columns, strict=True)})
        chosen: list[ColumnElement[Any]] = [
            cast(c, busy_state) if c.name == "state" else c for c in given.c
        ]
        await self._session.execute(insert(table).from_select(list(names), select(*chosen)))
