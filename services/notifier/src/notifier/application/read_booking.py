"""Reading what the public contracts say into the notifier's own words."""

from typing import TypeVar

import entente_contracts as contracts
from entente_contracts.booking import Option

from notifier.domain.booking import Booking, Canceller, EntryState, Status
from notifier.domain.parties import Party, Role
from notifier.domain.slot import Slot

_Member = TypeVar("_Member", Status, EntryState)


def booking_of(public: contracts.Booking, tenant_id: str) -> Booking:
    """Return a public booking as the notifier sees it; texts of one line are put on one."""
    ended = public.cancellation
    return Booking(
        id=public.booking_id,
        tenant_id=tenant_id,
        revision=public.revision,
        status=_known(Status, public.status, Status.OTHER),
        initiator_is_host=public.initiator == contracts.PartyRole.HOST,
        hosts=tuple(
            Party(
                role=Role.HOST,
                name=one_line(host.name),
                address=host.address,
                timezone=host.timezone,
                locale=host.locale,
                host_id=host.host_id,
                calendar_id=host.calendar_id,
            )
            for host in public.hosts
        ),
        guest=Party(
            role=Role.GUEST,
            name=one_line(public.guest.name),
            address=public.guest.address,
            timezone=public.guest.timezone,
            locale=public.guest.locale,
        ),
        title=one_line(public.title),
        uid=public.uid,
        sequence=public.sequence,
        timezone=public.timezone,
        changed_at=public.changed_at,
        options=tuple(Slot(option.start, option.end) for option in public.options),
        slot=_slot(public.slot),
        previous_slot=_slot(public.previous_slot),
        description=_readable(public.description),
        location=one_line(public.location) if public.location else None,
        conference_url=one_line(public.conference_url) if public.conference_url else None,
        entry=_known(EntryState, public.entry, EntryState.WRITTEN),
        expires_at=public.expires_at,
        cancelled_by=_canceller(ended) if ended else None,
        reason=_readable(ended.reason) if ended else None,
        alternatives=tuple(Slot(found.start, found.end) for found in public.alternatives),
        reminders=public.reminders,
        mailed_by_us=public.notifier == contracts.Notifier.ENTENTE,
    )


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters: fit for a mail header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _readable(text: str | None) -> str | None:
    """Return a text of several lines without the control characters that iCalendar forbids."""
    if text is None:
        return None
    return "\n".join(one_line(line) for line in text.splitlines()).strip() or None


def _slot(found: contracts.TimeRange | Option | None) -> Slot | None:
    return None if found is None else Slot(found.start, found.end)


def _canceller(ended: contracts.Cancellation) -> Canceller:
    return Canceller(ended.by.value) if ended.by.is_known else Canceller.SYSTEM


def _known(kind: type[_Member], value: contracts.OpenEnum, otherwise: _Member) -> _Member:
    """Return the member of this name; a newer producer's state is read as `otherwise`."""
    try:
        return kind(value.value)
    except ValueError:
        return otherwise
