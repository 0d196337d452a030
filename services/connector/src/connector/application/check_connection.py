"""Trying a connection as it stands, with one of five fixed answers."""

from uuid import UUID

from connector.application.authorise import owned_connection
from connector.application.services import Services
from connector.domain.connection import SecretUnreadable
from connector.domain.host import Actor
from connector.domain.source import CheckResult, SourceFailure


async def check_connection(services: Services, actor: Actor, connection_id: UUID) -> CheckResult:
    """Ask the provider. Raises Refusal: not the owner."""
    connection = await owned_connection(services, actor, connection_id, action="check")
    async with services.unit_of_work() as store:
        sealed = await store.connections.credentials(connection_id)
    try:
        credentials = sealed and services.vault.unseal(
            sealed, tenant_id=connection.tenant_id, connection_id=connection_id
        )
        return await services.open_source(connection.provider, credentials).check()
    except SecretUnreadable:
        return CheckResult.AUTHENTICATION
    except SourceFailure as failure:
        return failure.kind.check_result
