"""What a calendar's picture is made under."""

from connector.application.expander import Basis
from connector.application.services import Services
from connector.domain.calendar import Calendar, Provider
from connector.domain.horizon import Horizon
from connector.domain.host import Host

_PICTURES = 2
"""Counts changes of how pictures are made: a new number makes all of them anew."""


def basis_of(services: Services, calendar: Calendar, host: Host) -> Basis:
    """Return what the calendar's picture is to be made under now, entries of ours aside.

    A feed says itself in which zone its floating times are, so only the host's zone stands behind
    it: the one it told us before must not change what it says next.
    """
    horizon = Horizon.at(services.now())
    own_zone = None if calendar.provider is Provider.ICS else calendar.timezone
    zone = own_zone or host.timezone
    return Basis(
        tenant_id=calendar.tenant_id,
        horizon=horizon,
        owner_address=host.address,
        default_zone=zone,
        key=services.pseudonym(f"{_PICTURES}|{horizon.first}:{horizon.last}|{zone}|{host.address}"),
    )
