"""The settings form of a host's calendars, saved as a whole or not at all."""

from collections.abc import Mapping
from uuid import UUID

from messaging.failpoints import reach

from connector.application import announcements
from connector.application.authorise import audit_done, owned_host
from connector.application.services import Services
from connector.application.show_settings import CalendarSettings, read_settings
from connector.application.store import Store
from connector.domain.calendar import Calendar, Switches
from connector.domain.host import Actor
from connector.domain.settings_form import require_consistent


async def save_settings(
    services: Services,
    actor: Actor,
    host_id: UUID,
    form: Mapping[UUID, Switches],
    *,
    expected_revision: int,
) -> CalendarSettings:
    """Set the switches of all calendars that are read.

    Raises Refusal: not the owner, a revision that is not the current one, a calendar missing or
    unknown, not exactly one default, a default that cannot take entries.
    """
    await owned_host(services, actor, host_id, action="save_settings")
    async with services.unit_of_work() as store:
        host = await store.hosts.lock(host_id)
        calendars = await store.calendars.lock_of_host(host_id)
        require_consistent(
            form,
            [calendar for calendar in calendars if calendar.is_read],
            expected_revision=expected_revision,
            revision=host.settings_revision,
        )
        for calendar in calendars:
            if calendar.id in form:
                await _configure(services, store, calendar, form[calendar.id])
        await store.hosts.count_settings(host_id)
        await audit_done(store, actor, "save_settings", host_id)
        await reach("settings.before_commit")
        return await read_settings(store, await store.hosts.lock(host_id))


async def _configure(
    services: Services, store: Store, calendar: Calendar, switches: Switches
) -> None:
    configured = calendar.configure(switches, services.now())
    if configured != calendar:
        await store.calendars.save(configured)
        await store.announcer.announce(announcements.settings_changed(configured))
