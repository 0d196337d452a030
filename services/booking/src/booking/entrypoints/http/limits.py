"""How much the public may ask: by the client's network and by the guest's address."""

import ipaddress
from datetime import timedelta
from http import HTTPStatus

from fastapi import Request
from webapi import Problem

from booking.application.ports import RateLimits
from booking.settings import LimitSettings

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_IPV4_PREFIX, _IPV6_PREFIX = 24, 64


class PublicLimits:
    """Refuses with 429 what comes too often; buckets are shared by all replicas."""

    def __init__(self, rates: RateLimits, settings: LimitSettings) -> None:
        self._rates = rates
        self._settings = settings

    async def request(self, request: Request) -> None:
        """Count a request of the client's network."""
        most = self._settings.requests_per_minute
        await self._take(f"network|{_network(request)}", most, _MINUTE / most)

    async def booking(self, tenant_id: str, address: str) -> None:
        """Count a booking made for a guest's address, which gets mail for it."""
        most = self._settings.bookings_per_hour
        await self._take(f"address|{tenant_id}|{address.lower()}", most, _HOUR / most)

    async def _take(self, key: str, capacity: int, refill: timedelta) -> None:
        if not await self._rates.take(key, capacity=capacity, refill=refill):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_requests",
                "Too many requests; try again later.",
                headers={"Retry-After": str(max(1, round(refill.total_seconds())))},
            )


def _network(request: Request) -> str:
    """Return the client's network: the whole of what one subscriber is usually given."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    prefix = _IPV4_PREFIX if address.version == 4 else _IPV6_PREFIX  # noqa: PLR2004  # IPv4
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
