"""Many rows as one parameter per column: one statement, however many rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, TableValuedAlias, Text, bindparam, column, func
from sqlalchemy.dialects.postgresql import ENUM


def unnested(columns: Mapping[Column[Any], Sequence[Any]]) -> TableValuedAlias:
    """Return the rows as a table `given` with columns of the same names and types.

    Enumerations come as text, to be cast: the driver would look their type up on each connection.
    """
    kinds = {c.name: Text() if isinstance(c.type, ENUM) else c.type for c in columns}
    arrays = [
        bindparam(None, values, type_=ARRAY(kinds[c.name]), unique=True)
        for c, values in columns.items()
    ]
    names = [column(name, kind) for name, kind in kinds.items()]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()
