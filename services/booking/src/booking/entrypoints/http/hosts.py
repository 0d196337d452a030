"""Hosts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from entente_contracts import uuid7
from fastapi import APIRouter, Header
from webapi import Role

from booking.domain.errors import StaleRevisionError
from booking.domain.host import Host
from booking.entrypoints.http.models import HostIn, HostOut, MemberOut
from booking.entrypoints.http.provided import UseAccess, UseServices

IfMatch = Annotated[int | None, Header(alias="If-Match", description="Refuse another revision")]


router = APIRouter(tags=["hosts"])


@router.post("/v1/hosts", status_code=201)
async def add(body: HostIn, access: UseAccess, services: UseServices) -> HostOut:
    """Add a host that belongs to the caller."""
    host = Host(
        id=uuid7(),
        tenant_id=access.user.tenant_id,
        owner=access.user.subject,
        changed_at=services.now(),
        **_values(body),
    )
    await services.hosts.store(host)
    return HostOut.of(host)


@router.get("/v1/hosts")
async def list_hosts(access: UseAccess) -> list[HostOut]:
    """List the hosts the caller manages."""
    return [HostOut.of(host) for host in await access.hosts()]


@router.get("/v1/hosts/{host_id}")
async def get(host_id: UUID, access: UseAccess) -> HostOut:
    """Return a host."""
    return HostOut.of(await access.host(host_id))


@router.put("/v1/hosts/{host_id}")
async def save(
    host_id: UUID, body: HostIn, access: UseAccess, services: UseServices, revision: IfMatch = None
) -> HostOut:
    """Replace a host."""
    host = await access.host(host_id)
    if revision is not None and revision != host.revision:
        raise StaleRevisionError(revision, host.revision)
    changed = host.changed(services.now(), **_values(body))
    await services.hosts.store(changed)
    return HostOut.of(changed)


@router.get("/v1/queue")
async def queue(access: UseAccess, services: UseServices) -> list[MemberOut]:
    """Show the order of turns, and who is skipped and why."""
    members = await services.calendars.queue(access.user.tenant_id)
    if Role.OPERATOR not in access.user.roles:
        managed = {host.id for host in await access.hosts()}
        members = [member for member in members if member.host_id in managed]
    return [MemberOut.of(member) for member in members]


def _values(body: HostIn) -> dict[str, Any]:
    return {name: getattr(body, name) for name in HostIn.model_fields}
