"""Many rows as one parameter per column: one statement, however many rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, TableValuedAlias, Text, bindparam, column, func


def array_text(members: Iterable[object]) -> str | None:
    """Return an array as PostgreSQL reads it; None for an empty one."""
    written = ",".join(map(str, members))
    return f"{{{written}}}" if written else None


def unnested(columns: Mapping[Column[Any], Sequence[Any]]) -> TableValuedAlias:
    """Return the rows as a table `given` with columns of the same names and types.

    Arrays come as text (`array_text`), to be cast: `unnest` would take them apart as well.
    """
    kinds = {c.name: Text() if isinstance(c.type, ARRAY) else c.type for c in columns}
    arrays = [
        bindparam(None, values, type_=ARRAY(kinds[c.name]), unique=True)
        for c, values in columns.items()
    ]
    names = [column(name, kind) for name, kind in kinds.items()]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()
