"""Reading a calendar now instead of at its next turn."""

from uuid import UUID

from connector.application.authorise import audit_done, owned_calendar
from connector.application.services import Services
from connector.application.store import Store
from connector.domain.calendar import Fault
from connector.domain.host import Actor
from connector.domain.refusal import Refusal, RefusalCode


async def sync_now(services: Services, actor: Actor, calendar_id: UUID) -> None:
    """Make the owner's calendar due. Raises Refusal: not the owner."""
    await owned_calendar(services, actor, calendar_id, action="sync")
    async with services.unit_of_work() as store:
        await store.sync_states.wake({calendar_id}, at=services.now())


async def approve_deletions(services: Services, actor: Actor, calendar_id: UUID) -> None:
    """Let the next reading remove as much as it does, and read at once.

    Raises Refusal: not the owner, or no reading was stopped for what it would remove.
    """
    await owned_calendar(services, actor, calendar_id, action="approve_deletions")
    async with services.unit_of_work() as store:
        calendar = await store.calendars.lock(calendar_id)
        if calendar.fault is not Fault.MASS_DELETION:
            raise Refusal(RefusalCode.NO_MASS_DELETION, "No deletion waits for approval.")
        state = await store.sync_states.lock(calendar_id)
        await store.sync_states.save(state.approve_deletions())
        await store.sync_states.wake({calendar_id}, at=services.now())
        await audit_done(store, actor, "approve_deletions", calendar_id)


async def on_sync_requested(
    services: Services, store: Store, calendar_id: UUID, *, tenant_id: str
) -> None:
    """Make the calendar due, as another service asks; one that is not read stays so."""
    if await store.calendars.get(tenant_id, calendar_id):
        await store.sync_states.wake({calendar_id}, at=services.now())
