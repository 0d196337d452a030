"""`POST /v1/slots`: when hosts can be met."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.json import Decoder, Encoder
from webapi import Principal

from availability.application.find_slots import Mode, SlotAnswer, SlotQuestion, find_slots
from availability.domain.errors import RuleError
from availability.domain.explain import RefusedStart
from availability.domain.reasons import Reason, Refusal
from availability.domain.slot_request import SlotRequest
from availability.entrypoints.http.answering import Answering, answering
from availability.entrypoints.http.bodies import naming_fields, read_body, read_switch
from availability.entrypoints.http.quick_route import may_read, quick_router
from availability.entrypoints.http.rules import RulesTold
from availability.entrypoints.http.schemas import described
from availability.entrypoints.http.values import (
    HOST_NOT_FOUND,
    HostIds,
    HostProblem,
    Instant,
    SourceShown,
    shown,
    sources_shown,
    window,
)


class SlotsRequest(Struct, forbid_unknown_fields=True, frozen=True):
    """Ask for slots that start from one instant to another, at most 90 days later."""

    hosts: HostIds
    mode: Annotated[
        Mode,
        Meta(description="`one`: the only host; `collective`: all of them; `any`: at least one"),
    ]
    rules: RulesTold
    start: Instant = field(name="from")
    end: Instant = field(name="to")
    ignore_booking: Annotated[
        UUID | None, Meta(description="The booking to be rescheduled: it is not in its own way")
    ] = None
    hold: Annotated[
        UUID | None, Meta(description="The booking whose holds are the asker's own")
    ] = None


class SlotShown(Struct, gc=False):
    """Time `start <= t < end` that may be offered."""

    start: datetime
    end: datetime
    recheck: Annotated[
        bool, Meta(description="A calendar is older than the bound: look again before confirming")
    ]
    hosts: Annotated[
        Sequence[UUID] | UnsetType, Meta(description="In mode `any`: who is free, in order")
    ] = UNSET


class RefusalShown(Struct, omit_defaults=True):
    """One reason, and where it comes from: a calendar's entry or a booking of Entente."""

    reason: Reason
    calendar_id: UUID | None = None
    occurrence_id: Annotated[str | None, Meta(description="Opaque")] = None
    as_of: Annotated[
        datetime | None, Meta(description="When the calendar was read that told us")
    ] = None
    booking_id: UUID | None = None


class RefusedShown(Struct):
    """A start that a host does not offer, with every reason."""

    host_id: UUID
    start: datetime
    reasons: list[RefusalShown]


class HostSlots(Struct, gc=False):
    """What is known of a host, or the problem that keeps it from being free."""

    host_id: UUID
    recheck: bool | UnsetType = UNSET
    sources: list[SourceShown] | UnsetType = UNSET
    problem: HostProblem | UnsetType = UNSET


class SlotsResponse(Struct):
    """The slots in order; the hosts in the order they were asked for."""

    slots: list[SlotShown]
    hosts: list[HostSlots]
    as_seen_at: Annotated[datetime, Meta(description="The moment the answer speaks of")]
    refused: Annotated[
        list[RefusedShown] | UnsetType,
        Meta(
            description="With `explain`, host by host: of the starts that hours and step allow,"
            " and of `from` itself, those that are refused"
        ),
    ] = UNSET


_decode = Decoder(SlotsRequest).decode
_encode = Encoder().encode

router = quick_router("slots")


@router.post("/v1/slots", **described(SlotsRequest, SlotsResponse))
async def ask_slots(
    request: Request,
    principal: Annotated[Principal, Depends(may_read)],
    parts: Annotated[Answering, Depends(answering)],
    explain: Annotated[
        Literal["true", "false"], Query(description="Say why other starts are refused")
    ] = "false",
) -> Response:
    """Find the times at which up to 200 hosts can be met.

    A start is offered exactly when an explanation has no reason against it: both come from the
    same rules and the same data.
    """
    del explain  # documented here, read below
    explained = read_switch(request, "explain")
    asked = await read_body(request, _decode)
    with naming_fields("rules."):
        rules = asked.rules.read()
    with naming_fields(window="to", anchor="rules.anchor"):
        question = SlotQuestion(
            tenant_id=principal.tenant_id,
            host_ids=asked.hosts,
            mode=asked.mode,
            request=SlotRequest(
                rules=rules,
                window=window(asked.start, asked.end),
                now=parts.clock(),
                ignore_booking=_own_booking(asked),
            ),
            explained=explained,
        )
        answer = await find_slots(parts.reader, question)
    return parts.answer(_encode(_response(question, answer)))


def _own_booking(asked: SlotsRequest) -> UUID | None:
    if asked.hold and asked.ignore_booking and asked.hold != asked.ignore_booking:
        raise RuleError("hold", "must be the same booking as `ignore_booking`, or absent")
    return asked.hold or asked.ignore_booking


def _response(question: SlotQuestion, answer: SlotAnswer) -> SlotsResponse:
    named, duration = question.mode is Mode.ANY, question.request.rules.duration
    return SlotsResponse(
        slots=[
            SlotShown(
                shown(start),
                shown(start + duration),
                offer.recheck,
                offer.host_ids if named else UNSET,
            )
            for start, offer in answer.found.offers.items()
        ],
        hosts=[_host(host_id, answer) for host_id in question.host_ids],
        as_seen_at=shown(question.request.now),
        refused=list(_refused(answer.refused)) if question.explained else UNSET,
    )


def _host(host_id: UUID, answer: SlotAnswer) -> HostSlots:
    found = answer.found
    if host_id not in found.sources:
        return HostSlots(host_id, problem=HOST_NOT_FOUND)
    return HostSlots(
        host_id,
        recheck=host_id in found.recheck,
        sources=sources_shown(found.sources[host_id]),
    )


def _refused(refused: Mapping[UUID, Sequence[RefusedStart]]) -> Iterator[RefusedShown]:
    for host_id, starts in refused.items():
        for start, refusals in starts:
            yield RefusedShown(host_id, shown(start), [_refusal(refusal) for refusal in refusals])


def _refusal(refusal: Refusal) -> RefusalShown:
    return RefusalShown(
        refusal.reason,
        refusal.calendar_id,
        refusal.occurrence_id,
        None if refusal.as_of is None else shown(refusal.as_of),
        refusal.booking_id,
    )
