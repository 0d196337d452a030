"""Meeting types over HTTP, for those who offer them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from entente_contracts import uuid7
from fastapi import APIRouter
from webapi import Problem, Role

from booking.application.services import Services
from booking.domain.errors import StaleRevisionError
from booking.domain.host import Host
from booking.domain.meeting_type import MeetingType
from booking.entrypoints.http.hosts import IfMatch
from booking.entrypoints.http.models import MeetingTypeIn, MeetingTypeOut
from booking.entrypoints.http.provided import UseAccess, UseServices

router = APIRouter(tags=["meeting types"])


@router.post("/v1/meeting-types", status_code=201)
async def add(body: MeetingTypeIn, access: UseAccess, services: UseServices) -> MeetingTypeOut:
    """Add a meeting type."""
    await _check(services, await access.require_hosts(body.host_ids), body)
    kind = MeetingType(
        id=uuid7(),
        tenant_id=access.user.tenant_id,
        owner=access.user.subject,
        changed_at=services.now(),
        **_values(body),
    )
    await services.meeting_types.store(kind)
    return MeetingTypeOut.of(kind)


@router.get("/v1/meeting-types")
async def list_types(access: UseAccess, services: UseServices) -> list[MeetingTypeOut]:
    """List the meeting types with a host the caller manages."""
    found = await services.meeting_types.of_tenant(access.user.tenant_id)
    if Role.OPERATOR not in access.user.roles:
        managed = {host.id for host in await access.hosts()}
        found = [kind for kind in found if managed.intersection(kind.host_ids)]
    return [MeetingTypeOut.of(kind) for kind in found]


@router.get("/v1/meeting-types/{meeting_type_id}")
async def get(meeting_type_id: UUID, access: UseAccess) -> MeetingTypeOut:
    """Return a meeting type."""
    return MeetingTypeOut.of(await access.meeting_type(meeting_type_id))


@router.put("/v1/meeting-types/{meeting_type_id}")
async def save(
    meeting_type_id: UUID,
    body: MeetingTypeIn,
    access: UseAccess,
    services: UseServices,
    revision: IfMatch = None,
) -> MeetingTypeOut:
    """Replace a meeting type; bookings keep the terms they were made with."""
    kind = await access.meeting_type(meeting_type_id)
    if revision is not None and revision != kind.revision:
        raise StaleRevisionError(revision, kind.revision)
    await _check(services, await access.require_hosts(body.host_ids), body)
    changed = kind.changed(services.now(), **_values(body))
    await services.meeting_types.store(changed)
    return MeetingTypeOut.of(changed)


async def _check(services: Services, hosts: Sequence[Host], body: MeetingTypeIn) -> None:
    """Refuse, rather than ignore, a conference link that the calendar cannot make."""
    if not body.conference:
        return
    calendars = (await services.calendars.of_hosts([hosts[0].id])).get(hosts[0].id, ())
    if not any(c.is_default and c.is_connected and c.conferencing for c in calendars):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "conference_not_possible",
            "conference: the first host's default calendar makes no conference links.",
        )


def _values(body: MeetingTypeIn) -> dict[str, Any]:
    return {name: getattr(body, name) for name in MeetingTypeIn.model_fields}
