"""Looking again which calendars an account has, with the credentials at hand or new ones."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from messaging.failpoints import reach

from connector.application import announcements
from connector.application.authorise import audit_done, owned_connection
from connector.application.connect import (
    Account,
    available_calendar,
    chosen_at_first,
    fingerprint,
    require_new,
    seal,
)
from connector.application.reach_source import discover, known_credentials
from connector.application.reading import require_room, start_reading
from connector.application.services import Services
from connector.application.store import Store
from connector.domain.calendar import Calendar, Provider, capabilities_under, known_zone
from connector.domain.connection import Connection, ConnectionStatus
from connector.domain.host import Actor
from connector.domain.refusal import Refusal, RefusalCode
from connector.domain.source import Capabilities, Discovery
from connector.domain.sync_state import SyncState

_NAMELESS = frozenset({Provider.ICS, Provider.INHOUSE})
"""Their discovery has no name worth taking over."""


async def refresh(services: Services, actor: Actor, connection_id: UUID) -> Sequence[Calendar]:
    """List the account's calendars anew; return all that the connection shows."""
    connection = await owned_connection(services, actor, connection_id, action="refresh")
    if connection.status is ConnectionStatus.DISCONNECTED:
        raise Refusal(RefusalCode.CONNECTION_ENDED, "The account is disconnected.")
    credentials = await known_credentials(services, connection)
    source, discovery = await discover(services, connection.provider, credentials)
    async with services.unit_of_work() as store:
        await store.hosts.lock(connection.host_id)
        connection = await store.connections.lock(connection_id)
        await _merge(services, store, connection, discovery, source.capabilities)
        return await _calendars(store, connection)


async def reconnect(
    services: Services, actor: Actor, connection_id: UUID, account: Account
) -> Sequence[Calendar]:
    """Give the account new credentials; its calendars keep their ids.

    What was read goes on; after a disconnection reading begins as with a new account. Raises
    Refusal as `connect`, and for an account of another provider, whose calendars these are not.
    """
    connection = await owned_connection(services, actor, connection_id, action="reconnect")
    if account.provider is not connection.provider:
        raise Refusal(
            RefusalCode.OTHER_PROVIDER,
            "The connection is one of another provider; connect this account beside it.",
            provider=connection.provider.value,
        )
    source, discovery = await discover(services, account.provider, account.credentials)
    async with services.unit_of_work() as store:
        await store.hosts.lock(connection.host_id)
        connection = await store.connections.lock(connection_id)
        ended = connection.status is ConnectionStatus.DISCONNECTED
        connection = replace(
            connection,
            server=account.server,
            fingerprint=fingerprint(services, account, connection_id),
            status=ConnectionStatus.CONNECTED,
            revision=connection.revision + 1,
        )
        await require_new(store, connection)
        await store.connections.save(connection)
        await seal(services, store, connection, account.credentials)
        await _merge(services, store, connection, discovery, source.capabilities)
        calendars = await _calendars(store, connection)
        if ended:
            of_host = await store.calendars.lock_of_host(connection.host_id)
            room = require_room(services, connection.tenant_id, of_host)
            there = {one.remote_id for one in discovery.calendars}
            found = [calendar for calendar in calendars if calendar.remote_id in there]
            chosen = chosen_at_first(found, discovery)[:room]
            await start_reading(services, store, chosen, of_host=of_host)
        else:
            await store.sync_states.wake({c.id for c in calendars}, at=services.now())
        await store.entries.wake({c.id for c in calendars}, at=services.now())
        await audit_done(store, actor, "reconnect", connection_id)
        await reach("reconnect.before_commit")
        return await _calendars(store, connection)


async def _merge(
    services: Services,
    store: Store,
    connection: Connection,
    discovery: Discovery,
    account: Capabilities,
) -> None:
    """Add calendars that are new and describe the others; one that is missing fails by itself."""
    of_host = await store.calendars.lock_of_host(connection.host_id)
    known = {c.remote_id: c for c in of_host if c.connection_id == connection.id}
    for found in discovery.calendars:
        calendar = known.get(found.remote_id)
        if calendar is None:
            calendar = available_calendar(services, connection, found, account)
            await store.calendars.add(calendar)
            state = SyncState(calendar_id=calendar.id, tenant_id=calendar.tenant_id)
            await store.sync_states.add(state, server=connection.server)
            continue
        described = calendar.describe(
            name=None if connection.provider in _NAMELESS else found.name,
            timezone=known_zone(found.timezone),
            capabilities=capabilities_under(found.access, account),
            now=services.now(),
        )
        if described != calendar:
            await store.calendars.save(described)
            if described.is_read:
                await store.announcer.announce(announcements.settings_changed(described))


async def _calendars(store: Store, connection: Connection) -> Sequence[Calendar]:
    of_host = await store.calendars.of_host(connection.host_id)
    return [calendar for calendar in of_host if calendar.connection_id == connection.id]
