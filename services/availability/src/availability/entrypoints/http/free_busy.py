"""`POST /v1/free-busy`: when hosts are busy."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field
from msgspec.json import Decoder, Encoder
from webapi import Principal

from availability.application.find_free_busy import FreeBusyQuestion, find_free_busy
from availability.domain.free_busy import FreeBusy
from availability.domain.intervals import Interval
from availability.entrypoints.http.answering import Answering, answering
from availability.entrypoints.http.bodies import naming_fields, read_body
from availability.entrypoints.http.busy_json import BusyShown, busy_json
from availability.entrypoints.http.quick_route import may_read, quick_router
from availability.entrypoints.http.schemas import described, list_of
from availability.entrypoints.http.values import (
    HOST_NOT_FOUND,
    HostIds,
    HostProblem,
    Instant,
    SourceShown,
    StalenessTold,
    shown,
    sources_shown,
    window,
)


class FreeBusyRequest(Struct, forbid_unknown_fields=True, frozen=True):
    """Ask when hosts are busy from one instant to another, at most 90 days later."""

    hosts: HostIds
    start: Instant = field(name="from")
    end: Instant = field(name="to")
    staleness: StalenessTold = StalenessTold()


class HostBusy(Struct, gc=False):
    """A host's busy time, in order and disjoint, or the problem that keeps it from being told.

    What no interval covers is free. Where sources disagree, the strongest state is shown.
    """

    host_id: UUID
    busy: Annotated[Raw, list_of(BusyShown)] | UnsetType = UNSET
    sources: list[SourceShown] | UnsetType = UNSET
    problem: HostProblem | UnsetType = UNSET


class FreeBusyResponse(Struct):
    """The hosts in the order they were asked for."""

    hosts: list[HostBusy]
    as_seen_at: Annotated[datetime, Meta(description="The moment the answer speaks of")]


_decode = Decoder(FreeBusyRequest).decode
_encode = Encoder().encode

router = quick_router("free/busy")


@router.post("/v1/free-busy", **described(FreeBusyRequest, FreeBusyResponse))
async def ask_free_busy(
    request: Request,
    principal: Annotated[Principal, Depends(may_read)],
    parts: Annotated[Answering, Depends(answering)],
) -> Response:
    """Tell when up to 200 hosts are busy.

    Calendars that block count, and so do Entente's own bookings: confirmed ones as busy, held
    ones as tentative, both with their buffers. Time of which nothing is known is `unknown`, never
    free.
    """
    asked = await read_body(request, _decode)
    now = parts.clock()
    with naming_fields():
        question = FreeBusyQuestion(
            tenant_id=principal.tenant_id,
            host_ids=asked.hosts,
            window=window(asked.start, asked.end),
            now=now,
            staleness=asked.staleness.read(),
        )
    answers = await find_free_busy(parts.reader, question)
    told = _told(answers, question.window)
    hosts = [told.get(it) or HostBusy(it, problem=HOST_NOT_FOUND) for it in asked.hosts]
    return parts.answer(_encode(FreeBusyResponse(hosts, shown(now))))


def _told(answers: Mapping[UUID, FreeBusy], window: Interval) -> Mapping[UUID, HostBusy]:
    written = busy_json(answers.values(), window)
    return {
        host_id: HostBusy(host_id, busy=busy, sources=sources_shown(found.sources))
        for busy, (host_id, found) in zip(written, answers.items(), strict=True)
    }
