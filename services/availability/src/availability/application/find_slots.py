"""Find the free slots of hosts, and say why other starts are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from availability.application.ports import Detail, HostReader
from availability.domain.errors import RuleError
from availability.domain.explain import RefusedStart, refused_starts
from availability.domain.host import Host
from availability.domain.slot_request import MAX_HOSTS, SlotRequest
from availability.domain.slots import FreeSlots, any_host_slots, collective_slots

MAX_EXPLAINED_HOST_DAYS = 140


class Mode(StrEnum):
    """Who must be free at a slot."""

    ONE = "one"
    """The only host."""
    COLLECTIVE = "collective"
    """Every host."""
    ANY = "any"
    """At least one host; each slot names those who are free."""


@dataclass(frozen=True, slots=True)
class SlotQuestion:
    """Asks for slots and, if `explained`, why other starts are refused."""

    tenant_id: str
    host_ids: Sequence[UUID]
    mode: Mode
    request: SlotRequest
    explained: bool

    def __post_init__(self) -> None:
        if not 1 <= len(self.host_ids) <= MAX_HOSTS:
            raise RuleError("hosts", f"must be 1 to {MAX_HOSTS}")
        if len(set(self.host_ids)) != len(self.host_ids):
            raise RuleError("hosts", "must name each host once")
        if self.mode is Mode.ONE and len(self.host_ids) > 1:
            raise RuleError("hosts", "must be one host in mode `one`")
        first, end = self.request.days
        if self.explained and len(self.host_ids) * (end - first) > MAX_EXPLAINED_HOST_DAYS:
            most = f"{MAX_EXPLAINED_HOST_DAYS} days of one host, or fewer of several"
            raise RuleError("to", f"explanations are given for at most {most}")


@dataclass(frozen=True, slots=True)
class SlotAnswer:
    """The slots, and per host the refused starts where they were asked for."""

    found: FreeSlots
    refused: Mapping[UUID, Sequence[RefusedStart]]


async def find_slots(reader: HostReader, question: SlotQuestion) -> SlotAnswer:
    """Return the slots; a host that the tenant does not have is never free."""
    request = question.request
    known = await reader.read(
        question.tenant_id,
        question.host_ids,
        span=request.span,
        claims_span=request.claims_span,
        detail=Detail.NAMED if question.explained else Detail.PACKED,
    )
    hosts = [known[host_id] for host_id in question.host_ids if host_id in known]
    refused = refused_starts(hosts, request) if question.explained and hosts else {}
    return SlotAnswer(_found(hosts, question), refused)


def _found(hosts: Sequence[Host], question: SlotQuestion) -> FreeSlots:
    if question.mode is Mode.ANY and hosts:
        return any_host_slots(hosts, question.request)
    if hosts:
        found = collective_slots(hosts, question.request)
        everyone = len(hosts) == len(question.host_ids)
        return found if everyone else FreeSlots({}, found.sources, found.recheck)
    return FreeSlots({}, {}, frozenset())
