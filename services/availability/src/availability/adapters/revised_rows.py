"""Rows that give way only to what is at least as new, many of them in one statement."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Row, Table, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.unnest import unnested
from availability.application.endings import Ending


async def replace_rows(
    session: AsyncSession, table: Table, values: Mapping[Column[Any], Sequence[Any]]
) -> Sequence[Row[Any]]:
    """Store rows, given column by column, each key once; return those that were not older.

    They are stored in the order of their keys: writers of the same rows wait for each other in one
    direction only.
    """
    given = unnested(values)
    stored = (cast(given.c[it.name], it.type) for it in values)
    ordered = select(*stored).order_by(*(given.c[key.name] for key in table.primary_key))
    statement = insert(table).from_select(list(given.c.keys()), ordered)
    applied = await session.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={it.name: it for it in statement.excluded if it.name in given.c},
            where=table.c.revision <= statement.excluded.revision,
        ).returning(table)
    )
    return applied.all()


async def end_rows(
    session: AsyncSession, table: Table, ends: Collection[Ending], **ended: Any
) -> Sequence[Row[Any]]:
    """Mark rows as `ended` says, keeping the revision that keeps older records out.

    Returns those that were not newer than their end.
    """
    (key,) = table.primary_key
    revision = table.c.revision
    given = unnested({key: [it.id for it in ends], revision: [it.revision for it in ends]})
    applied = await session.execute(
        update(table)
        .where(key == given.c[key.name])
        .where(given.c.revision.is_(None) | (revision <= given.c.revision))
        .values(revision=func.greatest(revision, given.c.revision), **ended)
        .returning(table)
    )
    return applied.all()
