"""Where a running system is reached by whoever fills it."""

from collections.abc import Mapping
from dataclasses import dataclass

from stack.clients.calendars import CalendarClient
from stack.clients.links import LinkFolder
from stack.clients.tokens import TokenClient
from stack.stack import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Addresses at which the connector, too, reaches `calendars` and `links`.

    `services` has base URLs by name, of connector and booking at least.
    """

    services: Mapping[str, str]
    issuer: TokenClient
    calendars: CalendarClient
    links: LinkFolder


def site_of(stack: Stack) -> Site:
    """Return where a stack on this machine is reached."""
    return Site(
        services={name: service.url for name, service in stack.services.items()},
        issuer=stack.issuer,
        calendars=stack.radicale,
        links=stack.feed,
    )
