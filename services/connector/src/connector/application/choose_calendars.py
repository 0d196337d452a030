"""Choosing which calendars of an account are read."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from messaging.failpoints import reach

from connector.application.authorise import audit_done, owned_connection
from connector.application.reading import start_reading, stop_reading, too_many_calendars
from connector.application.services import Services
from connector.domain.calendar import Calendar
from connector.domain.connection import ConnectionStatus
from connector.domain.host import Actor
from connector.domain.refusal import Refusal, RefusalCode


async def choose_calendars(
    services: Services, actor: Actor, connection_id: UUID, chosen: AbstractSet[UUID]
) -> Sequence[Calendar]:
    """Read exactly the chosen calendars of a connection; return all that it shows.

    Raises Refusal: not the owner, a calendar that the account cannot access, the tenant's limit.
    """
    connection = await owned_connection(services, actor, connection_id, action="choose_calendars")
    async with services.unit_of_work() as store:
        await store.hosts.lock(connection.host_id)
        connection = await store.connections.lock(connection_id)
        if connection.status is ConnectionStatus.DISCONNECTED:
            raise Refusal(RefusalCode.CONNECTION_ENDED, "The account is disconnected.")
        of_host = await store.calendars.lock_of_host(connection.host_id)
        own = {
            calendar.id: calendar for calendar in of_host if calendar.connection_id == connection_id
        }
        if foreign := chosen - own.keys():
            raise Refusal(
                RefusalCode.CALENDAR_NOT_ACCESSIBLE,
                "The connected account cannot access this calendar.",
                calendar_id=str(min(foreign)),
            )
        ended = [c for c in own.values() if c.is_read and c.id not in chosen]
        started = [c for c in own.values() if not c.is_read and c.id in chosen]
        limit = services.tenants.max_calendars(connection.tenant_id)
        read = sum(c.is_read for c in of_host) - len(ended) + len(started)
        if limit is not None and started and read > limit:
            raise too_many_calendars(limit)
        await stop_reading(services, store, ended, of_host=of_host)
        remaining = await store.calendars.of_host(connection.host_id)
        await start_reading(services, store, started, of_host=remaining)
        await audit_done(store, actor, "choose_calendars", connection_id)
        await reach("choose.before_commit")
        shown = await store.calendars.of_host(connection.host_id)
    return [calendar for calendar in shown if calendar.connection_id == connection_id]
