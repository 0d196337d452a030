"""Writers of the projections, and the rebuild that puts others in their place, take turns."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_KEY = "hashtextextended('availability.projection', 0)"
_WRITE = text(f"SELECT pg_advisory_xact_lock_shared({_KEY})")
_SWITCH = text(f"SELECT pg_advisory_xact_lock({_KEY})")


async def take_writers_turn(session: AsyncSession) -> None:
    """Wait while projections are switched; side by side with other writers until the commit."""
    await session.execute(_WRITE)


async def take_switch_turn(session: AsyncSession) -> None:
    """Wait until no writer is at work, and keep all of them waiting until the commit."""
    await session.execute(_SWITCH)
