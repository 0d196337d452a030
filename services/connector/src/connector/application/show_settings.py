"""What an owner sees of the host's connections and calendars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from connector.application.authorise import owned_host
from connector.application.services import Services
from connector.application.store import Store
from connector.domain.calendar import Calendar
from connector.domain.connection import Connection
from connector.domain.host import Actor, Host
from connector.domain.sync_state import SyncState


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """All calendars of a host, how far each was read, and the revision of their settings."""

    revision: int
    calendars: Sequence[Calendar]
    sync_states: Mapping[UUID, SyncState]


async def settings_of(services: Services, actor: Actor, host_id: UUID) -> CalendarSettings:
    """Return the form as it stands. Raises Refusal: not the owner."""
    host = await owned_host(services, actor, host_id, action="read_settings")
    async with services.unit_of_work() as store:
        return await read_settings(store, await store.hosts.get(host.tenant_id, host.id) or host)


async def connections_of(
    services: Services, actor: Actor, host_id: UUID
) -> Sequence[tuple[Connection, Sequence[Calendar]]]:
    """Return the host's connections with their calendars. Raises Refusal: not the owner."""
    await owned_host(services, actor, host_id, action="read_connections")
    async with services.unit_of_work() as store:
        calendars = await store.calendars.of_host(host_id)
        return [
            (connection, [c for c in calendars if c.connection_id == connection.id])
            for connection in await store.connections.of_host(host_id)
        ]


async def read_settings(store: Store, host: Host) -> CalendarSettings:
    """Return the form within a transaction."""
    calendars = await store.calendars.of_host(host.id)
    return CalendarSettings(
        revision=host.settings_revision,
        calendars=calendars,
        sync_states={c.id: await store.sync_states.get(c.id) for c in calendars},
    )
