"""Rosters: hosts with their calendars in one round trip, or in none."""

from collections import OrderedDict, defaultdict
from uuid import UUID

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.documents import CALENDAR, HOST
from booking.adapters.postgres.statements import EDITION
from booking.application.roster import Roster
from booking.domain.calendar import Calendar, route_to
from booking.domain.host import Host

_REMEMBERED = 5_000

_READ = f"""
SELECT tenant_id, state::text AS host, NULL AS calendar, NULL::text[] AS edition
FROM host WHERE id = ANY ($1::uuid[])
UNION ALL SELECT NULL, NULL, state::text, NULL FROM calendar WHERE host_id = ANY ($1::uuid[])
UNION ALL SELECT NULL, NULL, NULL, ({EDITION.format(hosts="$1::uuid[]")})
"""  # noqa: S608  # made of constants


class PostgresRosters:
    """`Rosters` in a database; the last few thousand are remembered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[str, tuple[UUID, ...]], Roster] = OrderedDict()

    async def of(self, tenant_id: str, host_ids: tuple[UUID, ...]) -> Roster:
        """Return the roster of these hosts; those that the tenant does not have are left out."""
        asked = tenant_id, host_ids
        if asked in self._known:
            self._known.move_to_end(asked)
            return self._known[asked]
        roster = await self._read(tenant_id, host_ids)
        if roster.is_bookable:  # a refusal rests on what is, not on what was
            self._known[asked] = roster
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return roster

    def forget(self, roster: Roster) -> None:
        """Read it anew when it is asked for next."""
        self._known.pop((roster.tenant_id, roster.host_ids), None)

    async def _read(self, tenant_id: str, host_ids: tuple[UUID, ...]) -> Roster:
        hosts: dict[UUID, Host] = {}
        calendars: dict[UUID, list[Calendar]] = defaultdict(list)
        edition: tuple[str, ...] = ()
        for row in await self._database.fetch(_READ, list(host_ids)):
            if row["host"] is not None and row["tenant_id"] == tenant_id:
                host = HOST.read(row["host"])
                hosts[host.id] = host
            elif row["calendar"] is not None:
                calendar = CALENDAR.read(row["calendar"])
                calendars[calendar.host_id].append(calendar)
            elif row["edition"] is not None:
                edition = tuple(row["edition"])
        routes = {host_id: route_to(of_host) for host_id, of_host in calendars.items()}
        return Roster(
            tenant_id=tenant_id,
            host_ids=host_ids,
            hosts=tuple(hosts[host_id] for host_id in host_ids if host_id in hosts),
            routes={host_id: route for host_id, route in routes.items() if route is not None},
            edition=edition,
        )
