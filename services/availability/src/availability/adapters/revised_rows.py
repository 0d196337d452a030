"""Rows that give way only to what is at least as new, many of them in one statement."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.unnest import unnested
from availability.application.endings import Ending

WHATEVER_IT_WAS = 0
"""The revision of an end that tells none: those of records begin at 1."""


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

    What is not known yet gets a row that holds nothing else: a record that was redriven may come
    after its end. Returns the rows that hold more and were not newer than their end.
    """
    (key,) = table.primary_key
    revision = table.c.revision
    given = unnested(
        {key: [it.id for it in ends], revision: [it.revision or WHATEVER_IT_WAS for it in ends]}
    )
    marks = {name: literal(value, table.c[name].type) for name, value in ended.items()}
    ordered = select(*given.c, *marks.values()).order_by(given.c[key.name])
    statement = insert(table).from_select([key.name, revision.name, *marks], ordered)
    applied = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={revision: func.greatest(revision, statement.excluded.revision), **marks},
            where=is_ended_by(table, statement.excluded.revision),
        ).returning(table)
    )
    told = [it.name for it in table.c if it.name not in {key.name, revision.name, *marks}]
    return [row for row in applied if any(getattr(row, name) is not None for name in told)]


def is_ended_by(table: Table, revision: ColumnElement[int]) -> ColumnElement[bool]:
    """Return whether a row is not newer than an end of that revision."""
    return or_(revision == WHATEVER_IT_WAS, table.c.revision <= revision)
