"""Fingerprints of the projections: equal exactly when the tables hold the same facts."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from availability.adapters.tables import PROJECTION

# Rows that are kept for their revision alone are no facts: compaction may have spared a new group
# the records that they come from.
_NO_FACTS = {
    "host": "ended",
    "calendar": "removed",
    "calendar_month": "as_of IS NULL",
    "calendar_check": "as_of IS NULL",
    "booking": "ended",
}

# Nor is what a row tells of the one that it replaced.
_NO_FACT_COLUMN = "beside_before"

# A sum does not depend on the order of rows, and needs no memory for them.
_DIGEST = """
    SELECT count(*) || ':' || coalesce(sum(hashtextextended(facts, 0)::numeric), 0)
                    || ':' || coalesce(sum(hashtextextended(facts, 1)::numeric), 0)
    FROM {schema}.{table} t, LATERAL CAST(to_jsonb(t) - '{no_fact_column}' AS text) AS facts
    WHERE NOT ({no_fact})
"""


async def digests(connection: AsyncConnection, schema: str) -> Mapping[str, str]:
    """Return the fingerprint of each table of the schema."""
    found: dict[str, str] = {}
    for table in PROJECTION:
        statement = _DIGEST.format(
            schema=schema,
            table=table.name,
            no_fact=_NO_FACTS.get(table.name, "false"),
            no_fact_column=_NO_FACT_COLUMN,
        )
        found[table.name] = (await connection.execute(text(statement))).scalar_one()
    return found
