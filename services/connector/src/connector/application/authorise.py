"""Only the owner of a host manages the accounts that are connected for it."""

from uuid import UUID

from connector.application.services import Services
from connector.application.store import Store
from connector.domain.calendar import Calendar
from connector.domain.connection import Connection
from connector.domain.host import Actor, Host
from connector.domain.refusal import Refusal, RefusalCode


async def owned_host(services: Services, actor: Actor, host_id: UUID, *, action: str) -> Host:
    """Return the host if the actor owns it.

    Raises Refusal: not found (another tenant's looks the same), or owner required, which is
    audited.
    """
    async with services.unit_of_work() as store:
        host = await store.hosts.get(actor.tenant_id, host_id)
    if host is None:
        raise Refusal(RefusalCode.HOST_NOT_FOUND, "There is no such host.")
    await _require_owner(services, actor, host.owner, subject=host_id, action=action)
    return host


async def owned_connection(
    services: Services, actor: Actor, connection_id: UUID, *, action: str
) -> Connection:
    """Return the connection if the actor owns it; raises as `owned_host`."""
    async with services.unit_of_work() as store:
        connection = await store.connections.get(actor.tenant_id, connection_id)
    if connection is None:
        raise Refusal(RefusalCode.CONNECTION_NOT_FOUND, "There is no such connection.")
    await _require_owner(services, actor, connection.owner, subject=connection_id, action=action)
    return connection


async def owned_calendar(
    services: Services, actor: Actor, calendar_id: UUID, *, action: str
) -> Calendar:
    """Return the calendar if the actor owns it; raises as `owned_host`."""
    async with services.unit_of_work() as store:
        calendar = await store.calendars.get(actor.tenant_id, calendar_id)
        host = calendar and await store.hosts.get(actor.tenant_id, calendar.host_id)
    if calendar is None or host is None:
        raise Refusal(RefusalCode.CALENDAR_NOT_FOUND, "There is no such calendar.")
    await _require_owner(services, actor, host.owner, subject=calendar_id, action=action)
    return calendar


async def pushable_calendar(services: Services, actor: Actor, calendar_id: UUID) -> Calendar:
    """Return the calendar for its owner or a service of the tenant; raises as `owned_host`."""
    if not actor.is_service:
        return await owned_calendar(services, actor, calendar_id, action="push")
    async with services.unit_of_work() as store:
        calendar = await store.calendars.get(actor.tenant_id, calendar_id)
    if calendar is None:
        raise Refusal(RefusalCode.CALENDAR_NOT_FOUND, "There is no such calendar.")
    return calendar


async def audit_done(store: Store, actor: Actor, action: str, subject: UUID) -> None:
    """Note in the transaction of a change who made it."""
    await store.audit.note(
        tenant_id=actor.tenant_id,
        actor=actor.subject,
        action=action,
        subject=subject,
        outcome="done",
    )


async def _require_owner(
    services: Services, actor: Actor, owner: str, *, subject: UUID, action: str
) -> None:
    if actor.owns_accounts and actor.subject == owner:
        return
    async with services.unit_of_work() as store:
        await store.audit.note(
            tenant_id=actor.tenant_id,
            actor=actor.subject,
            action=action,
            subject=subject,
            outcome=RefusalCode.OWNER_REQUIRED,
        )
    raise Refusal(RefusalCode.OWNER_REQUIRED, "Only the owner of the account may do this.")
