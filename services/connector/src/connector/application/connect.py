"""Connecting an account: it is tried first, then its calendars are listed and chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from entente_contracts import uuid7
from messaging.failpoints import reach

from connector.application.authorise import audit_done, owned_host
from connector.application.reach_source import discover
from connector.application.reading import require_room, start_reading
from connector.application.services import Services
from connector.application.store import Store
from connector.domain.calendar import (
    Calendar,
    CalendarStatus,
    Provider,
    Switches,
    capabilities_under,
    known_zone,
)
from connector.domain.connection import Connection, ConnectionStatus, Credentials
from connector.domain.host import Actor, Host
from connector.domain.refusal import Refusal, RefusalCode
from connector.domain.source import Capabilities, DiscoveredCalendar, Discovery
from connector.domain.sync_state import SyncState

_NEW_SWITCHES = Switches(blocks_availability=True, visible_to_owner=True, is_default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a user gives to connect an account. In-house calendars have no credentials.

    `server` is the authority of the URL, which may be shown. `name` is for calendars whose source
    has no name for them.
    """

    provider: Provider
    server: str
    credentials: Credentials | None = field(default=None, repr=False)
    name: str | None = None


async def connect(
    services: Services, actor: Actor, host_id: UUID, account: Account
) -> tuple[Connection, Sequence[Calendar]]:
    """Connect an account for a host the actor owns; return it with all its calendars.

    Its primary calendar is read at once, or all of them where none is primary. Raises Refusal:
    the account cannot be reached or shows no calendar, is connected already, or the tenant's limit
    of calendars is used up.
    """
    host = await owned_host(services, actor, host_id, action="connect")
    source, discovery = await discover(services, account.provider, account.credentials)
    if not discovery.calendars:
        raise Refusal(RefusalCode.NO_CALENDARS, "The account has no calendar for events.")
    connection = _connection(services, host, account)
    found = [
        available_calendar(services, connection, one, source.capabilities, name=account.name)
        for one in discovery.calendars
    ]
    async with services.unit_of_work() as store:
        await store.hosts.lock(host.id)
        await require_new(store, connection)
        known = await store.calendars.lock_of_host(host.id)
        room = require_room(services, host.tenant_id, known)
        await store.connections.add(connection)
        await seal(services, store, connection, account.credentials)
        for calendar in found:
            await store.calendars.add(calendar)
            state = SyncState(calendar_id=calendar.id, tenant_id=calendar.tenant_id)
            await store.sync_states.add(state, server=connection.server)
        chosen = chosen_at_first(found, discovery)[:room]
        await start_reading(services, store, chosen, of_host=[*known, *found])
        await audit_done(store, actor, "connect", connection.id)
        await reach("connect.before_commit")
        shown = await store.calendars.of_host(host.id)
    return connection, [calendar for calendar in shown if calendar.connection_id == connection.id]


async def seal(
    services: Services, store: Store, connection: Connection, credentials: Credentials | None
) -> None:
    """Keep the connection's credentials, encrypted."""
    if credentials is not None:
        sealed = services.vault.seal(
            credentials, tenant_id=connection.tenant_id, connection_id=connection.id
        )
        await store.connections.seal(connection.id, sealed)


async def require_new(store: Store, connection: Connection) -> None:
    """Raise Refusal if another connection of the host is the same account."""
    for other in await store.connections.of_host(connection.host_id):
        same = other.fingerprint == connection.fingerprint and other.id != connection.id
        if same and other.status is ConnectionStatus.CONNECTED:
            raise Refusal(
                RefusalCode.ALREADY_CONNECTED,
                "This account is connected already.",
                connection_id=str(other.id),
            )


def chosen_at_first(found: Sequence[Calendar], discovery: Discovery) -> Sequence[Calendar]:
    """Return what is read before the owner chooses: the primary calendar, or all without one."""
    primary = {one.remote_id for one in discovery.calendars if one.is_primary}
    return [calendar for calendar in found if calendar.remote_id in primary] or found


def fingerprint(services: Services, account: Account, otherwise: UUID) -> str:
    """Return what is the same for the same account, or for `otherwise` where it has no URL."""
    given = account.credentials
    identity = f"{given.url}|{given.username}" if given else str(otherwise)
    return services.pseudonym(f"{account.provider}|{identity}")


def available_calendar(
    services: Services,
    connection: Connection,
    found: DiscoveredCalendar,
    account: Capabilities,
    *,
    name: str | None = None,
) -> Calendar:
    """Return a calendar that its owner has not chosen yet."""
    return Calendar(
        id=uuid7(),
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        host_id=connection.host_id,
        provider=connection.provider,
        remote_id=found.remote_id,
        name=name or found.name,
        timezone=known_zone(found.timezone),
        capabilities=capabilities_under(found.access, account),
        switches=_NEW_SWITCHES,
        status=CalendarStatus.AVAILABLE,
        fault=None,
        revision=1,
        changed_at=services.now(),
    )


def _connection(services: Services, host: Host, account: Account) -> Connection:
    connection_id = uuid7()
    return Connection(
        id=connection_id,
        tenant_id=host.tenant_id,
        host_id=host.id,
        owner=host.owner,
        provider=account.provider,
        server=account.server,
        fingerprint=fingerprint(services, account, connection_id),
        status=ConnectionStatus.CONNECTED,
        revision=1,
        created_at=services.now(),
    )
