"""Announce what changed in hosts' merged busy time, and which of their occurrences overlap.

Applying a record only marks the host's month. Marks are turned into events a moment later, many
at once, for three reasons: a reading changes several months and calendars of a host, which makes
one announcement instead of many; a batch of hundreds of pictures stays as quick as its rows; and
a host's calendars come from different partitions, whose transactions do not see each other, so
that merging within them would need a lock per host. A mark commits with its change: the looker
that takes the mark sees the change.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from messaging import failpoints

from availability.application.ports import Clock, Detail, HostReader
from availability.domain.free_busy import BusyInterval, free_busy
from availability.domain.host import Host
from availability.domain.intervals import Interval
from availability.domain.layers import Viewpoint
from availability.domain.months import month_at, month_time
from availability.domain.overlaps import NO_OVERLAPS, Overlap, find_overlaps
from availability.domain.rules import Staleness, StalePolicy

# A picture's age is judged by whoever asks; what is announced is the picture.
_AS_PICTURED = Staleness(policy=StalePolicy.OFFER)


@dataclass(frozen=True, slots=True)
class MarkedHost:
    """A host of whom something may have changed.

    `months` are those concerned: the marked ones, or all that were announced, are pictured or
    hold a booking. `last_pictured` is the last month of which there is a picture, if there is
    any. `overlapped` says that overlaps were announced that may be resolved.
    """

    host_id: UUID
    tenant_id: str
    months: frozenset[int]
    last_pictured: int | None
    overlapped: bool


@dataclass(frozen=True, slots=True)
class MonthToTell:
    """A host's merged busy time in a month, on readings of which the oldest is `as_of`."""

    host_id: UUID
    tenant_id: str
    month: int
    as_of: int
    busy: Sequence[BusyInterval]


@dataclass(frozen=True, slots=True)
class MonthToEnd:
    """A month of which nothing is known any more."""

    host_id: UUID
    tenant_id: str
    month: int


@dataclass(frozen=True, slots=True)
class OverlapsToTell:
    """The overlaps of a host from the present month on: all of them, or the earliest."""

    host_id: UUID
    tenant_id: str
    as_of: int
    overlaps: Sequence[Overlap]
    complete: bool = True


class Announcements(Protocol):
    """What was announced, and the marks, within one transaction."""

    async def take(self, most: int) -> Sequence[MarkedHost]:
        """Remove the marks of some hosts; return them, none while somebody else is at it."""
        ...

    async def tell(
        self,
        months: Collection[MonthToTell | MonthToEnd],
        overlaps: Collection[OverlapsToTell],
        *,
        now: int,
    ) -> None:
        """Announce those that differ from what was announced before."""
        ...


async def announce(
    announcements: Announcements, reader: HostReader, clock: Clock, *, most: int
) -> int:
    """Announce what changed for up to `most` hosts; return how many were looked at."""
    marked = await announcements.take(most)
    now = clock()
    for tenant_id, hosts in _by_tenant(marked).items():
        known = await _read(reader, tenant_id, hosts, Detail.PACKED, _marked_time(hosts, now))
        months = [told for it in hosts for told in _months(it, known.get(it.host_id), now)]
        overlaps = await _overlaps(reader, tenant_id, hosts, known, now)
        await announcements.tell(months, overlaps, now=now)
    await failpoints.reach("announcer.before_commit")
    return len(marked)


def _months(marked: MarkedHost, host: Host | None, now: int) -> Iterator[MonthToTell | MonthToEnd]:
    for month in sorted(marked.months):
        if host is not None and _is_told(host, month, now):
            yield _month(host, marked.tenant_id, month, now)
        else:
            yield MonthToEnd(marked.host_id, marked.tenant_id, month)


async def _overlaps(
    reader: HostReader,
    tenant_id: str,
    marked: Sequence[MarkedHost],
    known: Mapping[UUID, Host],
    now: int,
) -> list[OverlapsToTell]:
    """Look for overlaps where there can be any; one calendar has none."""
    several = [it for it in marked if (host := known.get(it.host_id)) and len(host.calendars) > 1]
    found: dict[UUID, OverlapsToTell] = {}
    if several:
        present = month_at(now)
        span = month_time(present, max(present, *(it.last_pictured or present for it in several)))
        named = await _read(reader, tenant_id, several, Detail.NAMED, span)
        found = {
            host_id: OverlapsToTell(host_id, tenant_id, _oldest(host, now), *overlaps)
            for host_id, host in named.items()
            if (overlaps := find_overlaps(host, span)) != NO_OVERLAPS
        }
    resolved = (it.host_id for it in marked if it.overlapped and it.host_id not in found)
    return [
        *found.values(),
        *(OverlapsToTell(host_id, tenant_id, now, ()) for host_id in resolved),
    ]


async def _read(
    reader: HostReader,
    tenant_id: str,
    marked: Sequence[MarkedHost],
    detail: Detail,
    span: Interval,
) -> Mapping[UUID, Host]:
    return await reader.read(
        tenant_id, [it.host_id for it in marked], span=span, claims_span=span, detail=detail
    )


def _is_told(host: Host, month: int, now: int) -> bool:
    """Tell whether something is known of the month: by a picture, or by bookings not yet past."""
    if any(month in calendar.months_known for calendar in host.calendars):
        return True
    start, end = month_time(month, month)
    return month >= month_at(now) and any(
        claim.start - claim.buffer_before < end and claim.end + claim.buffer_after > start
        for claim in host.claims
    )


def _month(host: Host, tenant_id: str, month: int, now: int) -> MonthToTell:
    busy = free_busy(host, Viewpoint(now, month_time(month, month), _AS_PICTURED)).intervals
    return MonthToTell(host.host_id, tenant_id, month, _oldest(host, now), busy)


def _oldest(host: Host, now: int) -> int:
    read_at = (calendar.as_of for calendar in host.calendars)
    return min((instant for instant in read_at if instant is not None), default=now)


def _marked_time(marked: Sequence[MarkedHost], now: int) -> Interval:
    months = [month for it in marked for month in it.months] or [month_at(now)]
    return month_time(min(months), max(months))


def _by_tenant(marked: Sequence[MarkedHost]) -> Mapping[str, Sequence[MarkedHost]]:
    tenants: dict[str, list[MarkedHost]] = {}
    for host in marked:
        tenants.setdefault(host.tenant_id, []).append(host)
    return tenants
