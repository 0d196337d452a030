"""Finding where an entry stands: in the calendar it was written to, or where somebody moved it."""

from dataclasses import dataclass

from connector.application.ports import EntryWriter
from connector.application.services import Services
from connector.application.unseal import unseal
from connector.domain.calendar import Calendar
from connector.domain.entry import Entry
from connector.domain.entry_writing import EntryRef, StandingEntry


@dataclass(frozen=True, slots=True)
class Place:
    """A calendar with its writer, and the entry as it stands there; None where it does not."""

    calendar: Calendar
    writer: EntryWriter
    standing: StandingEntry | None


async def locate_entry(
    services: Services, calendar: Calendar, entry: Entry, *, thorough: bool
) -> Place:
    """Look in the entry's calendar and, if it stood there once, in the host's others.

    Where it stands nowhere, its place is its calendar. Raises SourceFailure, SecretUnreadable.
    """
    writer = await open_writer(services, calendar)
    standing = await writer.find(calendar.remote_id, entry.ref, thorough=thorough)
    here = Place(calendar, writer, standing)
    if standing is not None or entry.name is None:
        return here
    return await find_elsewhere(services, calendar, entry) or here


async def find_elsewhere(services: Services, calendar: Calendar, entry: Entry) -> Place | None:
    """Look in the host's other calendars that take entries.

    One that was told of such an entry itself has its own, and is passed over. Raises SourceFailure,
    SecretUnreadable.
    """
    uid = entry.command.uid
    async with services.unit_of_work() as store:
        of_host = await store.calendars.of_host(calendar.host_id)
        others = [it for it in of_host if it.id != calendar.id and _may_hold_entries(it)]
        told = await store.entries.wanted_in([other.id for other in others], uid)
    for other in others:
        if other.id in told:
            continue
        writer = await open_writer(services, other)
        standing = await writer.find(other.remote_id, EntryRef(uid=uid), thorough=True)
        if standing is not None:
            return Place(other, writer, standing)
    return None


def _may_hold_entries(calendar: Calendar) -> bool:
    able = calendar.capabilities
    return calendar.is_read and able.two_way and able.write


async def open_writer(services: Services, calendar: Calendar) -> EntryWriter:
    """Return what writes to the calendar. Raises SecretUnreadable."""
    return services.open_writer(calendar.provider, await unseal(services, calendar))
