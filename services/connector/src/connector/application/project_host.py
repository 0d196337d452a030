"""Knowing the hosts: their owners, and what their calendars' pictures depend on."""

from connector.application.services import Services
from connector.application.store import Store
from connector.domain.host import Host


async def project_host(services: Services, store: Store, host: Host) -> None:
    """Keep the host unless a newer revision is known.

    A new zone or address changes what the host's calendars say, so they are read anew.
    """
    before = await store.hosts.get(host.tenant_id, host.id)
    kept = await store.hosts.project(host)
    if not kept or before is None:
        return
    if (before.timezone, before.address) != (host.timezone, host.address):
        await store.sync_states.wake_host(host.id, at=services.now())
