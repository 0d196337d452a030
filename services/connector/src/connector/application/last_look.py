"""The last look: what blocks a host is read live once more, right before an entry is written.

Each calendar is read on from where its last sync ended, so what is judged is the whole calendar as
it stands now, expanded by the same rules as its picture: a server's own search by time would be
quicker, and free where its recurrences are wrong.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from connector.application.known_uids import known_uids
from connector.application.services import Services
from connector.application.take_reading import MassDeletion, Subject, take_reading
from connector.domain.connection import SecretUnreadable
from connector.domain.entry_draft import EntryDraft, LookBefore
from connector.domain.host import Host
from connector.domain.obstacle import Looked, LookReason, LookRefusal
from connector.domain.source import FailureKind, SourceFailure

_UNAVAILABLE = LookRefusal(reason=LookReason.SOURCE_UNAVAILABLE)
_PASSING = frozenset({FailureKind.NETWORK, FailureKind.THROTTLED, FailureKind.INVALID_ANSWER})


async def last_look(
    services: Services, host: Host, draft: EntryDraft, look: LookBefore | None
) -> LookRefusal | None:
    """Return why the time cannot be had, None when every calendar shows it free.

    Entries of Entente's own bookings do not count. A calendar that its owner disconnected
    meanwhile blocks no more. One that cannot be read is never free: it refuses the time, or raises
    SourceFailure when another attempt may do better. What is known to be taken decides first.
    """
    if look is None:
        return None
    looks = [_look_at(services, host, draft, look, one) for one in look.calendar_ids]
    try:
        async with asyncio.timeout(services.entry_policy.look.total_seconds()):
            answers = await asyncio.gather(*looks, return_exceptions=True)
    except TimeoutError:
        raise SourceFailure(FailureKind.NETWORK, "last look took too long") from None
    refusals = [answer for answer in answers if isinstance(answer, LookRefusal)]
    if taken := [one for one in refusals if one is not _UNAVAILABLE]:
        return _joined(taken)
    if refusals:
        return _UNAVAILABLE
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return None


def _joined(taken: Sequence[LookRefusal]) -> LookRefusal:
    reason = min((one.reason for one in taken), key=list(LookReason).index)
    return LookRefusal(
        reason=reason, obstacles=tuple(found for one in taken for found in one.obstacles)
    )


async def _look_at(
    services: Services, host: Host, draft: EntryDraft, look: LookBefore, calendar_id: UUID
) -> LookRefusal | None:
    async with services.unit_of_work() as store:
        calendar = await store.calendars.get(host.tenant_id, calendar_id)
        if calendar is None:
            return _UNAVAILABLE
        if not calendar.is_read:
            return None
        state = await store.sync_states.get(calendar_id)
    subject = Subject(calendar=calendar, state=state, host=host)
    try:
        reading = await take_reading(services, subject)
    except SourceFailure as failure:
        if failure.kind in _PASSING:
            raise
        return _UNAVAILABLE
    except (SecretUnreadable, MassDeletion):
        return _UNAVAILABLE
    resources, basis = reading.resources, reading.basis
    if resources is None:
        async with services.unit_of_work() as store:
            resources = await store.objects.of(calendar_id)
            basis = replace(basis, own_uids=await known_uids(services, store, host.id))
    busy = await services.expander.busy(list(resources.values()), basis, look.window)
    looked = Looked(
        window=look.window,
        meeting=draft.window,
        zone=host.timezone,
        ours={draft.booking_id, *basis.own_uids.values()},
    )
    return looked.refusal(calendar_id, busy)
