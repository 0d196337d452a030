"""The journal's tables: notes as written, copies as consumed."""

from messaging import tables
from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, Table, Text, Uuid, text
from sqlalchemy.ext.asyncio import AsyncEngine

metadata = MetaData()

note = Table(
    "note",
    metadata,
    Column("note_id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
)

# No unique constraint: a double effect must be visible as a second row.
copy = Table(
    "copy",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("note_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("consumer", Text, nullable=False),
)

# The batch consumer's projection: the latest number of each note.
latest = Table(
    "latest",
    metadata,
    Column("note_id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
)

# Its violation quotes the text that a note brought: what must never reach a log.
unique_text = Table(
    "unique_text",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("text", Text, primary_key=True),
)


async def create(engine: AsyncEngine) -> None:
    """Make the journal's tables, and messaging's beside them."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await tables.create(lambda statement: connection.execute(text(statement)))
