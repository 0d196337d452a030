"""Calendars on CalDAV servers, connected for a host of their own."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx

from connector_lab.dav_server import TLS, TestCalendar
from connector_lab.fault_proxy import FaultProxy
from connector_lab.lab import Lab


@dataclass(frozen=True)
class ConnectedCalendar:
    """A calendar that is read and written through `proxy`, and what stands in it."""

    id: UUID
    host_id: UUID
    owner: str
    proxy: FaultProxy
    there: TestCalendar

    async def entry(self, name: str) -> str | None:
        """Return what is stored under a name."""
        server = self.there.server
        auth = (server.username, server.password)
        async with httpx.AsyncClient(auth=auth, verify=TLS) as client:
            answer = await client.get(self.there.remote_id + name)
        return answer.text if answer.is_success else None

    async def becomes(self, name: str, content: str) -> None:
        """Store an object as the owner's own app would."""
        await self.there.server.request("PUT", self.there.path + name, content.encode())

    async def loses(self, name: str) -> None:
        """Delete an object as the owner's own app would."""
        await self.there.delete(name)

    @property
    def writes(self) -> int:
        """How often the connector changed something in it."""
        return len(self.proxy.writes(self.there.path))


async def connect_calendar(
    lab: Lab, proxy: FaultProxy, host_id: UUID | None = None, owner: str | None = None
) -> ConnectedCalendar:
    """Make a calendar and connect it, and it alone of its account."""
    there = await proxy.server.make_calendar()
    owner = owner or f"wanda-{uuid4().hex[:8]}"
    host_id = host_id or await lab.host(owner)
    connection = await lab.connect(
        host_id,
        owner,
        {
            "provider": "caldav",
            "url": f"http://{proxy.authority}{there.path}",
            "username": there.server.username,
            "password": there.server.password,
        },
    )
    (row,) = await lab.sql(
        "SELECT id FROM calendar WHERE connection_id = :id AND remote_id LIKE :path",
        id=connection["id"],
        path=f"%{there.path}",
    )
    path = f"/v1/connections/{connection['id']}/calendars"
    chosen = await lab.person(owner).put(path, json={"calendar_ids": [str(row.id)]})
    chosen.raise_for_status()
    await lab.log.until(lambda: bool(lab.log.months(row.id)))
    return ConnectedCalendar(row.id, host_id, owner, proxy, there)
