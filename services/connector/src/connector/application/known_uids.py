"""The UIDs of a host's bookings: their entries are ours wherever they show."""

from collections.abc import Mapping
from uuid import UUID

from connector.application.services import Services
from connector.application.store import Store
from connector.domain.horizon import Horizon


async def known_uids(services: Services, store: Store, host_id: UUID) -> Mapping[str, UUID]:
    """Return the bookings by the UIDs of their entries, for all that is read by now."""
    return await store.entries.own_uids(host_id, after=Horizon.at(services.now()).window.start)
