"""Who may see and do what. Another tenant's things do not exist; others' things are forbidden."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from webapi import Principal, Problem, Role

from booking.application.errors import NotFoundError
from booking.application.ports import Receipt
from booking.application.services import Services
from booking.domain.booking import Booking
from booking.domain.host import Host
from booking.domain.meeting_type import MeetingType
from booking.entrypoints.http.receipts import Receipts


@dataclass(frozen=True, slots=True)
class Access:
    """What a user may reach: the own hosts, those one assists, all of the tenant for operators."""

    services: Services
    user: Principal

    async def host(self, host_id: UUID) -> Host:
        """Return the host; raises NotFoundError, or Problem (403)."""
        found = await self.services.hosts.get(self.user.tenant_id, host_id)
        if found is None:
            raise NotFoundError(f"there is no host {host_id}")
        self._require(self._manages(found))
        return found

    async def hosts(self) -> Sequence[Host]:
        """Return the hosts the user manages."""
        found = await self.services.hosts.of_tenant(self.user.tenant_id)
        return [host for host in found if self._manages(host)]

    async def meeting_type(self, meeting_type_id: UUID) -> MeetingType:
        """Return a meeting type of hosts the user manages, one at least."""
        kinds = self.services.meeting_types
        found = await kinds.get(self.user.tenant_id, meeting_type_id)
        if found is None:
            raise NotFoundError(f"there is no meeting type {meeting_type_id}")
        await self._require_one_of(found.host_ids)
        return found

    async def require_hosts(self, host_ids: Collection[UUID]) -> Sequence[Host]:
        """Return the hosts; raises NotFoundError unless all exist, 403 unless one is managed."""
        found = await self.services.hosts.several(self.user.tenant_id, host_ids)
        if len(found) != len(host_ids):
            raise NotFoundError("one of the hosts does not exist")
        self._require(any(self._manages(host) for host in found))
        return found

    async def booking(self, booking_id: UUID) -> Booking:
        """Return a booking with one of the user's hosts."""
        found = await self.services.bookings.get(self.user.tenant_id, booking_id)
        if found is None:
            raise NotFoundError(f"there is no booking {booking_id}")
        await self._require_one_of(found.host_ids)
        return found

    async def answered(self, receipts: Receipts) -> Booking | None:
        """Return what this request was answered before, whoever the booking belongs to by now."""
        receipt = self.receipt(receipts)
        return None if receipt is None else await self.services.bookings.answered(receipt)

    async def _require_one_of(self, host_ids: Collection[UUID]) -> None:
        found = await self.services.hosts.several(self.user.tenant_id, host_ids)
        self._require(any(self._manages(host) for host in found))

    def receipt(self, receipts: Receipts) -> Receipt | None:
        """Return the receipt of the user's request."""
        return receipts.for_caller(self.user.tenant_id, self.user.subject)

    def _manages(self, host: Host) -> bool:
        return Role.OPERATOR in self.user.roles or host.is_managed_by(self.user.subject)

    def _require(self, allowed: bool) -> None:  # one verdict, not a mode
        if not allowed:
            raise Problem(
                HTTPStatus.FORBIDDEN,
                "not_yours",
                "It belongs to another user; its owner, assistants and operators may do this.",
            )
