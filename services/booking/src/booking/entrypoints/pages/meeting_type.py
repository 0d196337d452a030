"""The page of a meeting type, where guests look for a time."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel

from booking.application.services import Services
from booking.domain.meeting_type import MeetingType
from booking.entrypoints.http.provided import UseServices
from booking.entrypoints.http.public import find_type
from booking.entrypoints.pages import starts
from booking.entrypoints.pages.reader import reader_of
from booking.entrypoints.pages.rendering import show
from booking.entrypoints.pages.routing import page_router
from booking.entrypoints.pages.week import week_of

router = page_router("/m/{slug}")


class Browsing(BaseModel):
    """What is browsed: the first day of a week, and whether starts are collected to propose."""

    week: str | None = None
    several: bool = False
    start: list[str] = []


@router.get("")
async def pick(
    slug: str, request: Request, services: UseServices, asked: Annotated[Browsing, Query()]
) -> Response:
    """Show the free times of a week."""
    kind = await find_type(services, slug)
    reader = reader_of(request, zone=kind.timezone)
    shown = await week_of(services, kind, reader, asked.week)
    visible = {slot.start for day in shown.days for slot in day.slots}
    picked = starts.read(asked.start)
    return show(
        request,
        reader,
        "pick.html",
        kind=kind,
        hosts=await host_names(services, kind),
        week=shown,
        several=asked.several,
        picked=picked,
        elsewhere=[moment for moment in picked if moment not in visible],
    )


async def host_names(services: Services, kind: MeetingType) -> list[str]:
    """Return the names of those who can be met."""
    found = await services.hosts.several(kind.tenant_id, kind.host_ids)
    return [host.name for host in found if host.active]
