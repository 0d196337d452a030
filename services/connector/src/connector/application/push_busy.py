"""Taking what an in-house system pushes: the whole of a window, each push newer than the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from messaging.failpoints import reach

from connector.application.apply_reading import apply_reading
from connector.application.authorise import pushable_calendar
from connector.application.basis import basis_of
from connector.application.services import Services
from connector.application.store import Push
from connector.application.take_reading import Result
from connector.domain.calendar import Calendar, Provider
from connector.domain.host import Actor
from connector.domain.occurrence import Occurrence
from connector.domain.pushed_busy import PushWindow, nothing_stated, replace_window
from connector.domain.pushed_resource import PUSHED, cursor_after, read_pushed, write_pushed
from connector.domain.refusal import Refusal, RefusalCode
from connector.domain.source import Changes, SourceFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyPush:
    """All busy time of an in-house calendar in a window, as the `sequence`-th statement of it."""

    sequence: int
    window: PushWindow
    busy: Sequence[Occurrence]

    @property
    def digest(self) -> bytes:
        """The same for the same statement, so that a repeated push is known."""
        window = f"{self.window.first_date}/{self.window.end_date}/".encode()
        return sha256(window + write_pushed(self.busy).content).digest()


class PushOutcome(StrEnum):
    """What a push did."""

    APPLIED = "applied"
    REPEATED = "repeated"


async def push_busy(
    services: Services, actor: Actor, calendar_id: UUID, push: BusyPush
) -> PushOutcome:
    """Replace what is known of the window; the same push once more changes nothing.

    Raises Refusal: not the owner nor a service of the tenant, a calendar that is not pushed to,
    a sequence that is not above the last one (which the refusal names), too much busy time.
    """
    as_of = services.now()
    calendar = await pushable_calendar(services, actor, calendar_id)
    _require_pushable(calendar)
    async with services.unit_of_work() as store:
        last = await store.pushes.last(calendar_id)
        if last and _repeats(push, last):
            return PushOutcome.REPEATED
        stored = (await store.objects.of(calendar_id)).get(PUSHED)
        host = await store.hosts.lock(calendar.host_id)
    known = read_pushed(stored.content) if stored else nothing_stated()
    resource = write_pushed(replace_window(known, push.window, push.busy))
    basis = basis_of(services, calendar, host)
    try:
        picture = await services.expander.picture([resource], basis)
    except SourceFailure:
        raise Refusal(RefusalCode.PUSH_TOO_LARGE, "This is more than one calendar holds.") from None
    reading = Changes(
        as_of=as_of,
        cursor=cursor_after(as_of),
        upserted={PUSHED: resource},
        next_poll_hint=calendar.capabilities.max_staleness,
    )
    result = Result(reading=reading, basis=basis, picture=picture)
    async with services.unit_of_work() as store:
        calendar = await store.calendars.lock(calendar_id)
        _require_pushable(calendar)
        if await store.pushes.last(calendar_id) != last:
            raise _stale(await store.pushes.last(calendar_id))
        state = await store.sync_states.lock(calendar_id)
        await apply_reading(services, store, calendar, state, result)
        await store.pushes.note(
            calendar_id, calendar.tenant_id, Push(sequence=push.sequence, digest=push.digest)
        )
        await reach("push.before_commit")
    return PushOutcome.APPLIED


def _require_pushable(calendar: Calendar) -> None:
    if calendar.provider is not Provider.INHOUSE or not calendar.is_read:
        raise Refusal(RefusalCode.NOT_PUSHED, "This calendar does not take pushes.")


def _repeats(push: BusyPush, last: Push) -> bool:
    """Tell whether the push is the last one again; raise Refusal if it is older or differs."""
    if push.sequence > last.sequence:
        return False
    if push.sequence == last.sequence and push.digest == last.digest:
        return True
    raise _stale(last)


def _stale(last: Push | None) -> Refusal:
    return Refusal(
        RefusalCode.STALE_SEQUENCE,
        "The sequence has to be above that of the last push.",
        sequence=last.sequence if last else 0,
    )
