"""Carrying out the last command about an entry: at most once at a time, until it has its answer."""

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from entente_contracts import EntryEvent
from messaging.failpoints import reach
from messaging.logs import type_name

from connector.application import announcements, entry_announcements
from connector.application.attempt_entry import (
    Impossible,
    LeftToMail,
    Outcome,
    Refused,
    Removed,
    Target,
    Written,
    attempt_entry,
)
from connector.application.services import Services
from connector.application.store import Origin, Store
from connector.domain.calendar import Fault
from connector.domain.connection import SecretUnreadable
from connector.domain.entry import Entry
from connector.domain.source import SourceFailure

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLease:
    """The right to carry out an entry's command for a while; a newer token takes it away."""

    calendar_id: UUID
    uid: str
    tenant_id: str
    booking_id: UUID
    token: UUID
    origin: Origin


class EntryOutcome(StrEnum):
    """How an attempt ended."""

    WRITTEN = "written"
    BY_MAIL = "by_mail"
    REFUSED = "refused"
    REMOVED = "removed"
    FAILED = "failed"
    RETRIED = "retried"
    REPLACED = "replaced"
    """Another command came meanwhile; that one is due."""
    LEASE_LOST = "lease_lost"


async def carry_out_entry(services: Services, lease: EntryLease) -> EntryOutcome:
    """Try the command under the lease; whoever lost it meanwhile notes nothing.

    What the calendar is asked to do is repeatable, so a worker that dies before the outcome is
    noted leaves a command that another finds done. What nobody foresaw is a setback like others:
    it is told, tried again, and given up in the end.
    """
    target = await _load(services, lease)
    if target is None:
        return EntryOutcome.LEASE_LOST
    try:
        async with asyncio.timeout(services.entry_policy.attempt.total_seconds()):
            outcome: Outcome | Setback = await attempt_entry(services, target)
    except SourceFailure as failure:
        outcome = Setback(Fault.of(failure.kind), failure)
    except SecretUnreadable:
        outcome = Setback(Fault.SECRET_UNREADABLE)
    except TimeoutError:
        outcome = Setback(Fault.NETWORK)
    except Exception as error:
        _logger.warning(
            "attempt broke off: %s",
            type_name(error),
            exc_info=error,
            extra={"calendar_id": str(lease.calendar_id)},
        )
        outcome = Setback(Fault.INVALID_ANSWER)
    async with services.unit_of_work(lease.origin) as store:
        await store.calendars.lock(lease.calendar_id)
        entry = await store.entries.lock(lease.calendar_id, lease.uid)
        if entry is None or entry.lease != lease.token:
            return EntryOutcome.LEASE_LOST
        if entry.generation != target.entry.generation:
            await store.entries.save(entry.taken_up_again(services.now()))
            return EntryOutcome.REPLACED
        noted = await _note(services, store, entry, outcome)
        await reach("entries.before_mark")
    await reach("entries.after_mark")
    await _read_others(services, lease, outcome)
    return noted


@dataclass(frozen=True, slots=True)
class Setback:
    """An attempt without an outcome."""

    fault: Fault
    failure: SourceFailure | None = None


async def _load(services: Services, lease: EntryLease) -> Target | None:
    async with services.unit_of_work() as store:
        calendar = await store.calendars.get(lease.tenant_id, lease.calendar_id)
        entry = await store.entries.lock(lease.calendar_id, lease.uid)
        if calendar is None or entry is None or entry.lease != lease.token:
            return None
        host = await store.hosts.get(lease.tenant_id, calendar.host_id)
        return host and Target(entry=entry, calendar=calendar, host=host)


async def _note(
    services: Services, store: Store, entry: Entry, outcome: Outcome | Setback
) -> EntryOutcome:
    """Note the outcome and announce it; calendar and entry are locked."""
    now, command = services.now(), entry.command
    match outcome:
        case Written(as_written, was_there=was_there):
            answer = entry_announcements.written(command, as_written, now)
            await _settle(store, entry.written(as_written, now), answer)
            await _read_soon(services, store, entry, thorough=was_there)
            return EntryOutcome.WRITTEN
        case LeftToMail():
            answer = entry_announcements.left_to_mail(command, now)
            await _settle(store, entry.left_to_mail(now), answer)
            return EntryOutcome.BY_MAIL
        case Removed():
            answer = entry_announcements.removed(command, now)
            await _settle(store, entry.removed(now), answer)
            await _read_soon(services, store, entry, thorough=False)
            return EntryOutcome.REMOVED
        case Refused(refusal):
            answer = entry_announcements.refused(command, refusal, now)
            await _settle(store, entry.refused(now), answer)
            return EntryOutcome.REFUSED
        case Impossible(fault):
            return await _fail(services, store, entry, fault)
        case Setback(fault, failure):
            return await _set_back(services, store, entry, fault, failure)


async def _settle(store: Store, entry: Entry, answer: EntryEvent) -> None:
    await store.entries.save(entry, answer=answer)
    await store.announcer.announce(answer)


async def _read_soon(services: Services, store: Store, entry: Entry, *, thorough: bool) -> None:
    """Let others see the change soon.

    What an earlier attempt had put there may have been changed since, while its writing was not
    noted and readings passed it over: they look at all entries once more.
    """
    calendar_id, now = entry.command.calendar_id, services.now()
    if thorough:
        await store.sync_states.look_again(calendar_id, at=now)
    else:
        await store.sync_states.wake({calendar_id}, at=now)


async def _read_others(services: Services, lease: EntryLease, outcome: Outcome | Setback) -> None:
    """Have other calendars read soon, each by itself.

    Those that were taken for free and are not, and the one that somebody moved the entry to.
    """
    concerned: set[UUID] = set()
    if isinstance(outcome, Refused):
        concerned = set(outcome.refusal.calendar_ids)
    elif isinstance(outcome, Written | Removed):
        concerned = {outcome.calendar_id} - {lease.calendar_id}
    for calendar_id in sorted(concerned):
        async with services.unit_of_work() as store:
            await store.sync_states.wake({calendar_id}, at=services.now())


async def _set_back(
    services: Services, store: Store, entry: Entry, fault: Fault, failure: SourceFailure | None
) -> EntryOutcome:
    """Plan the next attempt, unless none can help or none is worth it any more."""
    now, policy = services.now(), services.entry_policy
    wait = policy.wait(
        fault,
        attempts=entry.attempts,
        retry_after=failure.retry_after if failure else None,
        chance=services.chance,
    )
    if policy.is_lasting(fault) or now + wait >= entry.command.give_up_at:
        return await _fail(services, store, entry, fault)
    await _degrade(services, store, entry, fault)
    await store.entries.save(entry.retried(fault, now, wait))
    if fault is not entry.fault:
        await store.announcer.announce(
            entry_announcements.failed(entry.command, fault, now, lasting=False)
        )
    return EntryOutcome.RETRIED


async def _fail(services: Services, store: Store, entry: Entry, fault: Fault) -> EntryOutcome:
    now = services.now()
    await _degrade(services, store, entry, fault)
    answer = entry_announcements.failed(entry.command, fault, now, lasting=True)
    await _settle(store, entry.failed(fault, now), answer)
    return EntryOutcome.FAILED


async def _degrade(services: Services, store: Store, entry: Entry, fault: Fault) -> None:
    """Tell the owner of a calendar that only they can repair; a good reading restores it."""
    if not services.entry_policy.degrades(fault):
        return
    calendar = await store.calendars.lock(entry.command.calendar_id)
    if not calendar.is_read:
        return
    degraded = calendar.degrade(fault, services.now())
    if degraded != calendar:
        await store.calendars.save(degraded)
        await store.announcer.announce(announcements.degraded(degraded))
