"""Which calendar receives each host's entry, as things stand now."""

from collections.abc import Collection, Mapping
from uuid import UUID

from booking.application.ports import Calendars
from booking.domain.calendar import Route, route_to


async def routes_to(calendars: Calendars, host_ids: Collection[UUID]) -> Mapping[UUID, Route]:
    """Return the routes by host; a host without a connected calendar has none."""
    found = await calendars.of_hosts(host_ids)
    routes = {host_id: route_to(of_host) for host_id, of_host in found.items()}
    return {host_id: route for host_id, route in routes.items() if route is not None}
