"""Free slots, asked of the availability service while a person waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from opentelemetry.propagate import inject
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from booking.adapters.availability.tokens import ServiceTokens
from booking.application.errors import AvailabilityUnavailableError
from booking.application.ports import FreeSlot, Search
from booking.domain.booking import Refusal
from booking.domain.meeting_type import MeetingType
from booking.domain.slot import Slot

_MINUTE = 60
_UNEXPLAINED = "outside_hours"


class _Answered(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Free(_Answered):
    start: datetime
    end: datetime
    hosts: tuple[UUID, ...] = ()
    recheck: bool = False


class _Reason(_Answered):
    reason: str
    calendar_id: UUID | None = None


class _Refused(_Answered):
    start: datetime
    reasons: tuple[_Reason, ...] = ()


class _Slots(_Answered):
    slots: tuple[_Free, ...]
    refused: tuple[_Refused, ...] = Field(default=())


class HttpFreeSlots:
    """`FreeSlots` over HTTP. `client` has the base URL and the timeout."""

    def __init__(self, client: httpx.AsyncClient, tokens: ServiceTokens) -> None:
        self._client = client
        self._tokens = tokens

    async def find(self, search: Search) -> Sequence[FreeSlot]:
        """Return the free slots in order."""
        answer = await self._ask(search, explain=False)
        return [
            FreeSlot(
                slot=Slot(free.start, free.end),
                host_ids=free.hosts or search.host_ids,
                recheck=free.recheck,
            )
            for free in sorted(answer.slots, key=lambda free: free.start)
        ]

    async def why_not(self, search: Search) -> Refusal:
        """Return why the slot at the start of the window is not offered."""
        answer = await self._ask(search, explain=True)
        for refused in answer.refused:
            if refused.start == search.window.start and refused.reasons:
                first = refused.reasons[0]
                return Refusal(reason=first.reason.lower(), calendar_id=first.calendar_id)
        return Refusal(reason=_UNEXPLAINED)

    async def _ask(self, search: Search, *, explain: bool) -> _Slots:
        tenant_id = search.meeting_type.tenant_id
        try:
            headers = {"Authorization": f"Bearer {await self._tokens.for_tenant(tenant_id)}"}
            inject(headers)
            response = await self._client.post(
                "/v1/slots",
                params={"explain": "true"} if explain else None,
                json=_question(search),
                headers=headers,
            )
            return _Slots.model_validate_json(response.raise_for_status().content)
        except (httpx.HTTPError, ValidationError, KeyError, ValueError) as error:
            raise AvailabilityUnavailableError(type(error).__name__) from error


def _question(search: Search) -> dict[str, Any]:
    return {
        "hosts": [str(host_id) for host_id in search.host_ids],
        "mode": search.mode.value,
        "rules": _rules(search.meeting_type),
        "from": search.window.start.isoformat(),
        "to": search.window.end.isoformat(),
        "ignore_booking": str(search.ignoring) if search.ignoring else None,
    }


def _rules(kind: MeetingType) -> dict[str, Any]:
    return {
        "duration": kind.duration_minutes * _MINUTE,
        "step": kind.step_minutes * _MINUTE,
        "buffer_before": kind.buffer_before_minutes * _MINUTE,
        "buffer_after": kind.buffer_after_minutes * _MINUTE,
        "minimum_notice": kind.minimum_notice_minutes * _MINUTE,
        "horizon_days": kind.horizon_days,
        "daily_limit": kind.daily_limit,
        "staleness": {"bound": kind.stale_after_seconds, "policy": kind.stale_policy.value},
        "anchor": {"zone": kind.timezone},
    }
