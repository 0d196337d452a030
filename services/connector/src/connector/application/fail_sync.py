"""A reading that did not succeed: what was known stays, grows old, and its owner is told."""

from dataclasses import replace

from messaging.failpoints import reach

from connector.application import announcements
from connector.application.announce_picture import announce_picture
from connector.application.basis import basis_of
from connector.application.expander import Basis, Picture
from connector.application.known_uids import known_uids
from connector.application.services import Services
from connector.application.store import Store
from connector.application.take_reading import Subject
from connector.domain.calendar import Calendar, Fault
from connector.domain.source import SourceFailure
from connector.domain.sync_state import Lease, SyncState

Failure = SourceFailure | Fault
"""What went wrong: the source's failure, or a fault of ours that no retry mends."""


async def fail_sync(services: Services, subject: Subject, lease: Lease, failure: Failure) -> bool:
    """Plan the retry and degrade the calendar when the policy says so; tell if the lease held.

    Months go on entering and leaving the horizon, made from what is stored.
    """
    rolled = await _roll_horizon(services, subject)
    async with services.unit_of_work() as store:
        calendar = await store.calendars.lock(lease.calendar_id)
        state = await store.sync_states.lock(lease.calendar_id)
        if state.lease != lease.token:
            return False
        if rolled and state.as_of:
            basis, picture = rolled
            state = await announce_picture(store, calendar, state, picture, as_of=state.as_of)
            state = state.picture_made(basis=basis.key, entries=picture.entries)
        retry_after = failure.retry_after if isinstance(failure, SourceFailure) else None
        wait = services.sync_policy.next_retry(state.failures + 1, retry_after, services.chance)
        state = state.fail(now=services.now(), wait=wait)
        await store.sync_states.save(state)
        if _degrades(services, failure, state):
            await _degrade(services, store, calendar, failure)
        await reach("sync.before_failure_commit")
    return True


def _degrades(services: Services, failure: Failure, state: SyncState) -> bool:
    if isinstance(failure, Fault):
        return True
    return services.sync_policy.degrades(
        failure.kind, failures=state.failures, as_of=state.as_of, now=services.now()
    )


async def _degrade(services: Services, store: Store, calendar: Calendar, failure: Failure) -> None:
    fault = failure if isinstance(failure, Fault) else Fault.of(failure.kind)
    degraded = calendar.degrade(fault, services.now())
    if degraded != calendar:
        await store.calendars.save(degraded)
        await store.announcer.announce(announcements.degraded(degraded))


async def _roll_horizon(services: Services, subject: Subject) -> tuple[Basis, Picture] | None:
    """Make the picture anew from what is stored, if the months or the owner's zone changed."""
    basis = basis_of(services, subject.calendar, subject.host)
    if subject.state.basis in {None, basis.key}:
        return None
    async with services.unit_of_work() as store:
        stored = await store.objects.of(subject.calendar.id)
        basis = replace(basis, own_uids=await known_uids(services, store, subject.host.id))
    try:
        return basis, await services.expander.picture(list(stored.values()), basis)
    except SourceFailure:
        return None
