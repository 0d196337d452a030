"""The credentials of a calendar's account."""

from connector.application.services import Services
from connector.domain.calendar import Calendar
from connector.domain.connection import Credentials


async def unseal(services: Services, calendar: Calendar) -> Credentials | None:
    """Return the credentials, None where the account has none. Raises SecretUnreadable."""
    async with services.unit_of_work() as store:
        sealed = await store.connections.credentials(calendar.connection_id)
    return sealed and services.vault.unseal(
        sealed, tenant_id=calendar.tenant_id, connection_id=calendar.connection_id
    )
