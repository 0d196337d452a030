"""Single calendars: reading now, approving deletions, the owner's view."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from webapi import Problem

from connector.application.list_events import list_broken_events, list_events
from connector.application.request_sync import approve_deletions, sync_now
from connector.domain.expansion import BrokenReason
from connector.domain.window import Window
from connector.entrypoints.http.actor import CurrentActor, InjectedServices
from connector.entrypoints.http.documents import Document, Moment

router = APIRouter(prefix="/v1/calendars/{calendar_id}", tags=["calendars"])

_LONGEST_VIEW = timedelta(days=62)


class EventShown(Document):
    """Something that takes place. Times are UTC; of an all-day event, dates, the end excluded."""

    start: str
    end: str
    all_day: bool
    state: str
    title: str


class BrokenEventShown(Document):
    """An event that could not be read as it stands."""

    uid: str
    reason: BrokenReason
    line: int


@router.post("/sync", status_code=HTTPStatus.ACCEPTED)
async def sync(calendar_id: UUID, actor: CurrentActor, services: InjectedServices) -> None:
    """Read the calendar now."""
    await sync_now(services, actor, calendar_id)


@router.post("/deletions/approve", status_code=HTTPStatus.ACCEPTED)
async def approve(calendar_id: UUID, actor: CurrentActor, services: InjectedServices) -> None:
    """Confirm that most of the calendar was deleted on purpose."""
    await approve_deletions(services, actor, calendar_id)


@router.get("/events")
async def show_events(
    calendar_id: UUID,
    actor: CurrentActor,
    services: InjectedServices,
    begin: Annotated[Moment, Query(alias="from")],
    end: Annotated[Moment, Query(alias="to")],
) -> list[EventShown]:
    """List events with their titles, for the owner; nothing when the owner hides the calendar."""
    if not timedelta() < end - begin <= _LONGEST_VIEW:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid_range",
            f"`to` is after `from`, by {_LONGEST_VIEW.days} days at most.",
        )
    events = await list_events(services, actor, calendar_id, Window(begin, end))
    return [
        EventShown(start=e.start, end=e.end, all_day=e.all_day, state=e.state, title=e.title)
        for e in events
    ]


@router.get("/broken-events")
async def show_broken_events(
    calendar_id: UUID, actor: CurrentActor, services: InjectedServices
) -> list[BrokenEventShown]:
    """List events that could not be read as they stand."""
    broken = await list_broken_events(services, actor, calendar_id)
    return [BrokenEventShown(uid=b.uid, reason=b.reason, line=b.line) for b in broken]
