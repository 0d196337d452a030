"""What a calendar's owner may see of it: times and titles. Nobody else may, and nothing is sent."""

from collections.abc import Sequence
from uuid import UUID

from connector.application.authorise import owned_calendar
from connector.application.basis import basis_of
from connector.application.expander import TitledOccurrence
from connector.application.services import Services
from connector.domain.expansion import BrokenEvent
from connector.domain.host import Actor
from connector.domain.refusal import Refusal, RefusalCode
from connector.domain.source import SourceFailure
from connector.domain.window import Window


async def list_events(
    services: Services, actor: Actor, calendar_id: UUID, window: Window
) -> Sequence[TitledOccurrence]:
    """Return what takes place in the window, from what was last read, by start.

    A calendar that its owner does not want to see (`visible_to_owner` off) shows nothing. Raises
    Refusal: not the owner.
    """
    calendar = await owned_calendar(services, actor, calendar_id, action="list_events")
    if not calendar.switches.visible_to_owner:
        return ()
    async with services.unit_of_work() as store:
        host = await store.hosts.get(calendar.tenant_id, calendar.host_id)
        stored = await store.objects.of(calendar_id)
    if host is None:
        raise Refusal(RefusalCode.CALENDAR_NOT_FOUND, "There is no such calendar.")
    basis = basis_of(services, calendar, host)
    try:
        return await services.expander.titled(list(stored.values()), basis, window)
    except SourceFailure:
        raise Refusal(RefusalCode.EVENTS_UNREADABLE, "The events cannot be shown.") from None


async def list_broken_events(
    services: Services, actor: Actor, calendar_id: UUID
) -> Sequence[BrokenEvent]:
    """Return the events that could not be read as they stand. Raises Refusal: not the owner."""
    await owned_calendar(services, actor, calendar_id, action="list_broken_events")
    async with services.unit_of_work() as store:
        return await store.broken_events.of(calendar_id)
