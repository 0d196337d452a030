"""Disconnecting an account: its secrets go, and everyone learns that its calendars are unknown."""

from dataclasses import replace
from uuid import UUID

from messaging.failpoints import reach

from connector.application.authorise import audit_done, owned_connection
from connector.application.reading import stop_reading
from connector.application.services import Services
from connector.domain.connection import ConnectionStatus
from connector.domain.host import Actor


async def disconnect(services: Services, actor: Actor, connection_id: UUID) -> None:
    """End the connection; done too when it has ended already.

    Raises Refusal: not the owner. The calendars keep their ids for when it is connected again.
    """
    connection = await owned_connection(services, actor, connection_id, action="disconnect")
    async with services.unit_of_work() as store:
        await store.hosts.lock(connection.host_id)
        connection = await store.connections.lock(connection_id)
        if connection.status is ConnectionStatus.DISCONNECTED:
            return
        of_host = await store.calendars.lock_of_host(connection.host_id)
        read = [c for c in of_host if c.connection_id == connection_id and c.is_read]
        await stop_reading(services, store, read, of_host=of_host)
        await store.connections.seal(connection_id, None)
        await store.connections.save(
            replace(
                connection,
                status=ConnectionStatus.DISCONNECTED,
                revision=connection.revision + 1,
            )
        )
        await audit_done(store, actor, "disconnect", connection_id)
        await reach("disconnect.before_commit")
