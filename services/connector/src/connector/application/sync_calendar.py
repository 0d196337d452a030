"""Reading one calendar: what its source says becomes what others know."""

import asyncio
import logging
from enum import StrEnum

from messaging.failpoints import reach
from messaging.logs import type_name

from connector.application.apply_reading import apply_reading
from connector.application.fail_sync import Failure, fail_sync
from connector.application.find_deleted import find_deleted
from connector.application.follow_entries import follow_entries
from connector.application.services import Services
from connector.application.take_reading import MassDeletion, Subject, take_reading
from connector.domain.calendar import Fault
from connector.domain.connection import SecretUnreadable
from connector.domain.source import FailureKind, SourceFailure
from connector.domain.sync_state import Lease

_logger = logging.getLogger(__name__)


class SyncOutcome(StrEnum):
    """How a sync ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    LEASE_LOST = "lease_lost"


async def sync_calendar(services: Services, lease: Lease) -> SyncOutcome:
    """Read the calendar under the lease; whoever lost it meanwhile changes nothing.

    The network is asked outside any transaction, and what it said commits in one with its cursor
    and its events. A failure keeps the last good picture; one that nobody foresaw counts as well,
    as its owner has to learn that the calendar is read no more. A source that takes too long has
    failed: when the lease ends somebody else begins.
    """
    subject = await _load(services, lease)
    if subject is None:
        return SyncOutcome.LEASE_LOST
    try:
        return await _read(services, subject, lease)
    except SourceFailure as failure:
        return await _fail(services, subject, lease, failure)
    except SecretUnreadable:
        return await _fail(services, subject, lease, Fault.SECRET_UNREADABLE)
    except MassDeletion:
        return await _fail(services, subject, lease, Fault.MASS_DELETION)
    except Exception as error:
        name = type_name(error)
        _logger.warning(
            "reading broke off: %s",
            name,
            exc_info=error,
            extra={"calendar_id": str(lease.calendar_id)},
        )
        unforeseen = SourceFailure(FailureKind.INVALID_ANSWER, name)
        return await _fail(services, subject, lease, unforeseen)


async def _read(services: Services, subject: Subject, lease: Lease) -> SyncOutcome:
    try:
        async with asyncio.timeout(lease.for_reading.total_seconds()):
            result = await find_deleted(services, subject, await take_reading(services, subject))
    except TimeoutError:
        raise SourceFailure(FailureKind.NETWORK, "reading took too long") from None
    await reach("sync.after_read")
    async with services.unit_of_work() as store:
        calendar = await store.calendars.lock(lease.calendar_id)
        state = await store.sync_states.lock(lease.calendar_id)
        if state.lease != lease.token or state.cursor != subject.state.cursor:
            return SyncOutcome.LEASE_LOST
        changed = await apply_reading(services, store, calendar, state, result)
        await follow_entries(services, store, calendar, result)
        await reach("sync.before_commit")
    await reach("sync.after_commit")
    return SyncOutcome.CHANGED if changed else SyncOutcome.UNCHANGED


async def _load(services: Services, lease: Lease) -> Subject | None:
    async with services.unit_of_work() as store:
        calendar = await store.calendars.get(lease.tenant_id, lease.calendar_id)
        if calendar is None:
            return None
        state = await store.sync_states.get(lease.calendar_id)
        host = await store.hosts.get(lease.tenant_id, calendar.host_id)
        if host is None or state.lease != lease.token:
            return None
        return Subject(
            calendar=calendar,
            state=state,
            host=host,
            standing=await store.entries.standing(calendar.id, after=services.now()),
        )


async def _fail(
    services: Services, subject: Subject, lease: Lease, failure: Failure
) -> SyncOutcome:
    held = await fail_sync(services, subject, lease, failure)
    return SyncOutcome.FAILED if held else SyncOutcome.LEASE_LOST
