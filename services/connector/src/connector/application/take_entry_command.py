"""Taking a command about an entry: the intent is kept first, and carried out later."""

from entente_contracts import EntryCommand as PublicCommand
from entente_contracts import WriteEntry

from connector.application import entry_announcements as announcements
from connector.application.services import Services
from connector.application.store import Origin, Store
from connector.domain.calendar import Fault
from connector.domain.entry import Entry, EntryCommand
from connector.domain.entry_draft import EntryDraft, EntryStatus, LookBefore, Person


async def take_entry_command(
    services: Services, store: Store, public: PublicCommand, origin: Origin
) -> None:
    """Keep the command unless a later one is known; the last one again is answered again.

    The answer to a command that is still being carried out comes when it is.
    """
    command = _command(services, public)
    now = services.now()
    if await store.calendars.get(command.tenant_id, command.calendar_id) is None:
        lost = announcements.failed(command, Fault.GONE, now, lasting=True)
        await store.announcer.announce(lost)
        return
    await store.calendars.lock(command.calendar_id)
    entry = await store.entries.lock(command.calendar_id, command.uid)
    if entry is None:
        await store.entries.add(Entry(command=command, next_attempt_at=now), origin)
    elif command.revision > entry.command.revision:
        await store.entries.save(entry.take(command, now), origin=origin)
    elif command.revision < entry.command.revision:
        return
    elif entry.is_pending:
        await store.entries.save(entry.restate(command, now))
    elif answer := await store.entries.answer(command.calendar_id, command.uid):
        await store.announcer.announce(answer)


def _command(services: Services, public: PublicCommand) -> EntryCommand:
    draft = look = None
    give_up_at = services.now() + services.entry_policy.removal_patience
    if isinstance(public, WriteEntry):
        draft, look, give_up_at = _draft(public), _look(public), public.end
    return EntryCommand(
        id=public.command_id,
        tenant_id=public.tenant_id,
        calendar_id=public.calendar_id,
        booking_id=public.booking_id,
        option_id=public.option_id,
        uid=public.uid,
        revision=public.booking_revision,
        sequence=public.sequence,
        draft=draft,
        look=look,
        give_up_at=give_up_at,
    )


def _draft(public: WriteEntry) -> EntryDraft:
    # A status that this version does not know must not pass for a promise.
    known = public.status.is_known
    return EntryDraft(
        booking_id=public.booking_id,
        revision=public.booking_revision,
        uid=public.uid,
        sequence=public.sequence,
        status=EntryStatus(public.status.value) if known else EntryStatus.TENTATIVE,
        start=public.start,
        end=public.end,
        timezone=public.timezone,
        summary=public.summary,
        description=public.description,
        location=public.location,
        organizer=Person(name=public.organizer.name, address=public.organizer.address),
        attendees=tuple(Person(name=one.name, address=one.address) for one in public.attendees),
        conference=public.conference,
        reminders=public.reminders,
    )


def _look(public: WriteEntry) -> LookBefore | None:
    look = public.last_look
    if look is None:
        return None
    return LookBefore(calendar_ids=look.calendar_ids, start=look.start, end=look.end)
