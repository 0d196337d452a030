"""A broken connection is told to its owner, once per breakage."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from entente_contracts import (
    CalendarConnected,
    CalendarDegraded,
    CalendarDisconnected,
    CalendarEvent,
    CalendarRestored,
    HostChanged,
    Message,
)
from entente_contracts.calendar import CalendarFault, CalendarState, CalendarStatus
from entente_contracts.host import HostStatus, WorkingHours
from journal.lab.eventually import eventually
from notifier.testing.lives import CALENDAR, HOST, NOW, TENANT
from notifier.testing.world import World

pytestmark = pytest.mark.integration

SECOND = uuid4()
CONNECTION = uuid4()
STATES: dict[type[CalendarEvent], tuple[CalendarStatus, CalendarFault]] = {
    CalendarDegraded: (CalendarStatus.DEGRADED, CalendarFault.AUTHENTICATION),
    CalendarDisconnected: (CalendarStatus.DISCONNECTED, CalendarFault.GONE),
}
WAITING = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
OWNER = HostChanged(
    tenant_id=TENANT,
    host_id=HOST,
    owner="ana",
    name="Ana Novak",
    address="ana@example.org",
    timezone="Europe/Ljubljana",
    locale="sl",
    working_hours=WorkingHours(weekly=()),
    status=HostStatus.ACTIVE,
    revision=1,
    changed_at=NOW,
)


def calendar(
    kind: type[CalendarEvent], revision: int, calendar_id: UUID = CALENDAR, **changes: Any
) -> CalendarEvent:
    """Return news of one of the connection's calendars."""
    status, reason = STATES.get(kind, (CalendarStatus.CONNECTED, None))
    state: dict[str, Any] = {
        "calendar_id": str(calendar_id),
        "connection_id": str(CONNECTION),
        "host_id": str(HOST),
        "provider": "google",
        "name": "Služba",
        "capabilities": {
            "read": True,
            "write": True,
            "holds": True,
            "push": True,
            "delta": True,
            "freebusy_only": False,
            "conferencing": "none",
            "two_way": True,
            "sends_own_invites": True,
            "max_staleness_seconds": 60,
        },
        "blocks_availability": True,
        "visible_to_owner": True,
        "is_default": True,
        "status": status,
        "reason": reason,
        "horizon": {"first": "2026-03", "last": "2026-09"},
        "revision": revision,
        "changed_at": NOW,
    }
    whole = CalendarState.model_validate(state | changes, strict=False)
    return kind(tenant_id=TENANT, calendar=whole)


async def told(world: World) -> int:
    """Send what is due; return how many mails the owner has by now."""
    await world.send()
    return len(world.server.accepted)


async def test_the_owner_is_told_once_for_all_calendars_of_a_connection(world: World) -> None:
    await world.hear(OWNER)
    for revision, calendar_id in ((2, CALENDAR), (2, SECOND), (3, CALENDAR)):
        await world.hear(calendar(CalendarDegraded, revision, calendar_id))
    assert await told(world) == 1
    mail = world.server.accepted[0].message
    assert mail["Subject"] == "Povezava s koledarjem je prekinjena: Služba"
    assert await world.announced() == [], "it is about no booking"


async def test_a_connection_that_breaks_again_is_told_again(world: World) -> None:
    await world.hear(OWNER)
    await world.hear(calendar(CalendarDegraded, 2))
    await world.hear(calendar(CalendarDegraded, 2, SECOND))
    await world.hear(calendar(CalendarRestored, 3))
    await world.hear(calendar(CalendarDegraded, 4))
    assert await told(world) == 1, "its other calendar was broken all the time"
    await world.hear(calendar(CalendarRestored, 5))
    await world.hear(calendar(CalendarRestored, 3, SECOND))
    await world.hear(calendar(CalendarDegraded, 6))
    assert await told(world) == 2


async def test_an_owner_who_is_not_known_yet_is_told_later(world: World) -> None:
    await world.hear(calendar(CalendarDegraded, 2))
    assert await told(world) == 0
    await world.hear(OWNER)
    await world.hear(OWNER)
    assert await told(world) == 1


async def test_what_the_owner_did_and_what_is_long_past_is_not_told(world: World) -> None:
    await world.hear(OWNER)
    await world.hear(calendar(CalendarConnected, 1))
    await world.hear(calendar(CalendarDegraded, 2), age=timedelta(days=5))
    requested = calendar(CalendarDisconnected, 3, reason=CalendarFault.REQUESTED)
    await world.hear(requested)
    assert await told(world) == 0
    await world.hear(calendar(CalendarDisconnected, 4))
    assert await told(world) == 1


async def test_old_news_of_a_calendar_changes_nothing(world: World) -> None:
    await world.hear(OWNER)
    await world.hear(calendar(CalendarRestored, 5))
    await world.hear(calendar(CalendarDegraded, 4))
    assert await told(world) == 0


async def side_by_side(world: World, first: Message, second: Message) -> None:
    """Let two events be handled at once: the second begins before the first is committed."""
    async with world.sessions.begin() as session:
        await world.follow(session, first)
        other = asyncio.create_task(world.hear(second))

        async def waits_or_is_done() -> bool:
            return other.done() or len(await world.rows(WAITING)) > 0

        await eventually(waits_or_is_done, bool)
    await other


async def test_calendars_that_recover_side_by_side_do_not_silence_the_next_breakage(
    world: World,
) -> None:
    await world.hear(OWNER)
    for calendar_id in (CALENDAR, SECOND):
        await world.hear(calendar(CalendarDegraded, 2, calendar_id))
    await side_by_side(world, calendar(CalendarRestored, 3), calendar(CalendarRestored, 3, SECOND))
    assert await world.rows("SELECT 1 FROM breakage") == []
    await world.hear(calendar(CalendarDegraded, 4))
    assert await told(world) == 2


async def test_an_owner_heard_of_beside_the_breakage_is_told(world: World) -> None:
    await side_by_side(world, OWNER, calendar(CalendarDegraded, 2))
    assert await told(world) == 1
