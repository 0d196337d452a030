"""Whom a new booking meets, read once and remembered."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.host import Host
from booking.domain.proposing import Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Hosts of one tenant, in the order asked for, and how an entry reaches each of them.

    `edition` names every host and calendar behind it with its revision: as long as it is the same,
    nothing has changed.
    """

    tenant_id: str
    host_ids: tuple[UUID, ...]
    hosts: tuple[Host, ...]
    routes: Routes
    edition: tuple[str, ...]

    @property
    def is_bookable(self) -> bool:
        """Whether all who were asked for can be booked."""
        return len(self.hosts) == len(self.host_ids) and all(host.active for host in self.hosts)


class Rosters(Protocol):
    """Rosters, remembered from one booking to the next.

    What is remembered may be old. Storing a booking that rests on it finds that out.
    """

    async def of(self, tenant_id: str, host_ids: tuple[UUID, ...]) -> Roster:
        """Return the roster of these hosts; those that the tenant does not have are left out."""
        ...

    def forget(self, roster: Roster) -> None:
        """Read it anew when it is asked for next."""
        ...
