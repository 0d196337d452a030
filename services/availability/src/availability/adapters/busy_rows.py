"""Busy time as rows: one for each month of a calendar, replaced as a whole."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Uuid,
    cast,
    func,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.month_content import as_text, packed
from availability.adapters.revised_rows import (
    WHATEVER_IT_WAS,
    end_rows,
    is_ended_by,
    replace_rows,
)
from availability.adapters.tables import calendar_check, calendar_month
from availability.adapters.unnest import array_text, unnested
from availability.application.changes import HostChange
from availability.application.endings import Ending
from availability.application.project_busy_time import CheckEnd, MonthEnd
from availability.domain.calendar_check import CalendarCheck
from availability.domain.host import Occurrence
from availability.domain.month_picture import MonthPicture

_ARRAYS = {"booking_ids": ARRAY(Uuid), "beside": ARRAY(Integer)}
_CONTENT = ("as_of", "bare", "singled_out", "occurrences", "booking_ids", "beside")


class PostgresBusyTime:
    """`BusyTime` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, pictures: Collection[MonthPicture]) -> Collection[HostChange]:
        """Replace whole months; return which months of which hosts that may change."""
        if not pictures:
            return ()
        month = calendar_month.c
        ordered = sorted(pictures, key=lambda it: (it.calendar_id, it.month))
        given = unnested(
            {
                month.calendar_id: [it.calendar_id for it in ordered],
                month.month: [it.month for it in ordered],
                month.host_id: [it.host_id for it in ordered],
                month.tenant_id: [it.tenant_id for it in ordered],
                month.revision: [it.revision for it in ordered],
                month.as_of: [it.as_of for it in ordered],
                month.bare: [packed(it.bare) or None for it in ordered],
                month.singled_out: [_text(it.singled_out) for it in ordered],
                month.occurrences: [_text(it.occurrences) for it in ordered],
                month.booking_ids: [array_text(it.booking_ids) for it in ordered],
                month.beside: [array_text(it.months_beside) for it in ordered],
            }
        )
        chosen: list[ColumnElement[Any]] = [
            cast(it, _ARRAYS[it.name]) if it.name in _ARRAYS else it for it in given.c
        ]
        statement = upsert(calendar_month).from_select(list(given.c.keys()), select(*chosen))
        new = {it.name: it for it in statement.excluded if it.name in given.c}
        rows = await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[month.calendar_id, month.month],
                set_=new | {"beside_before": month.beside},
                where=month.revision <= statement.excluded.revision,
            ).returning(month.calendar_id, month.month, month.beside_before)
        )
        replaced = {(row.calendar_id, row.month): row.beside_before or () for row in rows}
        return {
            HostChange(it.host_id, it.tenant_id, changed)
            for it in ordered
            if (before := replaced.get((it.calendar_id, it.month))) is not None
            for changed in {it.month, *it.months_beside, *before}
        }

    async def end(self, ends: Collection[MonthEnd]) -> Collection[HostChange]:
        """Forget months, but for the revision that keeps older records out."""
        if not ends:
            return ()
        month = calendar_month.c
        ordered = sorted(ends, key=lambda it: (it.calendar_id, it.month))
        given = unnested(
            {
                month.calendar_id: [it.calendar_id for it in ordered],
                month.month: [it.month for it in ordered],
                month.revision: [it.revision or WHATEVER_IT_WAS for it in ordered],
            }
        )
        statement = upsert(calendar_month).from_select(list(given.c.keys()), select(given))
        rows = await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[month.calendar_id, month.month],
                set_={
                    "revision": func.greatest(month.revision, statement.excluded.revision),
                    "beside_before": month.beside,
                    **dict.fromkeys(_CONTENT, null()),
                },
                where=is_ended_by(calendar_month, statement.excluded.revision),
            ).returning(month.month, month.host_id, month.tenant_id, month.beside_before)
        )
        return {
            HostChange(row.host_id, row.tenant_id, changed)
            for row in rows
            if row.host_id is not None
            for changed in {row.month, *(row.beside_before or ())}
        }

    async def check(self, checks: Collection[CalendarCheck]) -> None:
        """Note when calendars were read."""
        if not checks:
            return
        columns = calendar_check.c
        await replace_rows(
            self._session,
            calendar_check,
            {
                columns.calendar_id: [check.calendar_id for check in checks],
                columns.revision: [check.revision for check in checks],
                columns.as_of: [check.as_of for check in checks],
            },
        )

    async def forget_checks(self, ends: Collection[CheckEnd]) -> None:
        """Forget when calendars were read, but for the revision that keeps older records out."""
        if not ends:
            return
        forgotten = [Ending(it.calendar_id, it.revision) for it in ends]
        await end_rows(self._session, calendar_check, forgotten, as_of=None)


def _text(occurrences: Collection[Occurrence]) -> str | None:
    return as_text(occurrences) if occurrences else None
