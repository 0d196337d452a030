"""Reaching an account while a person waits for the answer."""

from connector.application.ports import CalendarSource
from connector.application.services import Services
from connector.domain.calendar import Provider
from connector.domain.connection import Connection, Credentials, SecretUnreadable
from connector.domain.refusal import Refusal, RefusalCode
from connector.domain.source import CheckResult, Discovery, SourceFailure

_REFUSALS = {
    CheckResult.AUTHENTICATION: (
        RefusalCode.SOURCE_AUTHENTICATION,
        "The account refuses these credentials.",
    ),
    CheckResult.PERMISSION: (
        RefusalCode.SOURCE_PERMISSION,
        "The account may not read this calendar.",
    ),
    CheckResult.NETWORK: (RefusalCode.SOURCE_NETWORK, "The address cannot be reached."),
    CheckResult.NOT_A_CALENDAR: (
        RefusalCode.SOURCE_NOT_A_CALENDAR,
        "What answers at this address is not a calendar.",
    ),
}


async def discover(
    services: Services, provider: Provider, credentials: Credentials | None
) -> tuple[CalendarSource, Discovery]:
    """List an account's calendars; raises Refusal with one of four fixed answers."""
    try:
        source = services.open_source(provider, credentials)
        return source, await source.discover()
    except SourceFailure as failure:
        code, detail = _REFUSALS[failure.kind.check_result]
        raise Refusal(code, detail) from None


async def known_credentials(services: Services, connection: Connection) -> Credentials | None:
    """Return a connection's credentials, None where it has none. Raises Refusal."""
    async with services.unit_of_work() as store:
        sealed = await store.connections.credentials(connection.id)
    if sealed is None:
        return None
    try:
        return services.vault.unseal(
            sealed, tenant_id=connection.tenant_id, connection_id=connection.id
        )
    except SecretUnreadable:
        raise Refusal(
            RefusalCode.SECRET_UNREADABLE, "The credentials have to be given again."
        ) from None
