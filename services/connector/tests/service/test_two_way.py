"""What people do with our entries in their own app reaches the booking, once; echoes do not."""

from collections.abc import Callable
from typing import Any

import pytest
from connector.application.locate_entry import find_elsewhere
from connector_lab.bookings import TestBooking, in_utc, send
from connector_lab.dav_calendars import ConnectedCalendar, connect_calendar
from connector_lab.fault_proxy import FaultProxy
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab, eventually
from entente_contracts import (
    CalendarDegraded,
    EntryEvent,
    EntryMoved,
    EntryRefused,
    EntryRemoved,
    EntryWritten,
    RefusalReason,
    TimeRange,
)

pytestmark = pytest.mark.integration


async def booked(lab: Lab, proxy: FaultProxy) -> tuple[ConnectedCalendar, TestBooking]:
    mine = await connect_calendar(lab, proxy)
    booking = TestBooking(lab, mine.id)
    await send(lab, booking.write(mine.id))
    await booking.hears(EntryWritten)
    await lab.log.until(lambda: lab.log.busy(mine.id) == {span(at(9))})
    return mine, booking


async def edit(mine: ConnectedCalendar, booking: TestBooking, change: Callable[[str], str]) -> None:
    stored = await mine.entry(booking.name)
    assert stored is not None
    changed = change(stored)
    assert changed != stored
    await mine.becomes(booking.name, changed)


async def read_again(lab: Lab, mine: ConnectedCalendar) -> None:
    """Wait until what was stored before this call has been read."""
    await mine.becomes("mark.ics", calendar([event("mark", at(20))]).decode())
    await lab.log.until(lambda: span(at(20)) in lab.log.busy(mine.id))


def by_hand(booking: TestBooking) -> list[EntryEvent]:
    moved: list[EntryEvent] = [*booking.heard(EntryMoved), *booking.heard(EntryRemoved)]
    return [told for told in moved if told.command_id is None]


def to(hour: int) -> Callable[[str], str]:
    return lambda stored: stored.replace(in_utc(at(9)), in_utc(at(hour))).replace(
        in_utc(at(10)), in_utc(at(hour + 1))
    )


async def test_a_move_is_told_once(lab: Lab, proxy: FaultProxy) -> None:
    mine, booking = await booked(lab, proxy)
    await edit(mine, booking, to(15))
    moved = await booking.hears(EntryMoved)
    assert moved.slot == TimeRange(start=at(15), end=at(16))
    assert (moved.command_id, moved.booking_revision) == (None, 1)
    await lab.log.until(lambda: lab.log.busy(mine.id) == {span(at(15))})
    await read_again(lab, mine)
    assert len(by_hand(booking)) == 1
    assert mine.writes == 1

    await edit(mine, booking, lambda stored: stored.replace(in_utc(at(16)), in_utc(at(17))))
    moved = await booking.hears(EntryMoved, times=2)
    assert moved.slot == TimeRange(start=at(15), end=at(17))

    back = booking.moved(at(9))
    await send(lab, back.write())
    await back.hears(EntryWritten, times=2)
    await lab.log.until(lambda: span(at(9)) in lab.log.busy(mine.id))
    assert len(by_hand(booking)) == 2


async def test_a_deletion_is_told_once(lab: Lab, proxy: FaultProxy) -> None:
    mine, booking = await booked(lab, proxy)
    proxy.next("GET", 500, 404)
    proxy.next("PROPFIND", 500)
    await mine.loses(booking.name)
    removed = await booking.hears(EntryRemoved)
    assert removed.command_id is None
    assert not proxy.faults["GET"], "the entry was asked for until its source had an answer"
    await read_again(lab, mine)
    assert len(by_hand(booking)) == 1
    assert mine.writes == 1


async def test_an_entry_that_was_cancelled_there_is_removed(lab: Lab, proxy: FaultProxy) -> None:
    mine, booking = await booked(lab, proxy)
    await edit(mine, booking, lambda stored: stored.replace("STATUS:CONFIRMED", "STATUS:CANCELLED"))
    assert (await booking.hears(EntryRemoved)).command_id is None


def retitled(stored: str) -> str:
    return stored.replace("SUMMARY:Tea", "SUMMARY:Coffee")


def recurring(stored: str) -> str:
    return stored.replace("TRANSP:OPAQUE", "TRANSP:OPAQUE\r\nRRULE:FREQ=DAILY;COUNT=2")


def all_day(stored: str) -> str:
    timed = (f"DTSTART:{in_utc(at(9))}", f"DTEND:{in_utc(at(10))}")
    dates = (f"DTSTART;VALUE=DATE:{at(9):%Y%m%d}", f"DTEND;VALUE=DATE:{at(9, day=1):%Y%m%d}")
    for old, new in zip(timed, dates, strict=True):
        stored = stored.replace(old, new)
    return stored


@pytest.mark.parametrize("change", [retitled, recurring, all_day])
async def test_what_does_not_move_the_meeting_is_no_news(
    lab: Lab, proxied_radicale: FaultProxy, change: Callable[[str], str]
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    await edit(mine, booking, change)
    await read_again(lab, mine)
    assert not by_hand(booking)
    assert mine.writes == 1


async def test_what_an_owner_makes_of_an_entry_is_taken(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    stored = await mine.entry(booking.name)
    assert stored is not None
    await edit(mine, booking, recurring)
    copy = to(15)(stored).replace(booking.uid, "copy")
    await mine.becomes("copy.ics", copy)
    await lab.log.until(lambda: {span(at(9, day=1)), span(at(15))} <= lab.log.busy(mine.id))
    ours = [
        busy.booking_id
        for month in lab.log.months(mine.id).values()
        for busy in (month.occurrences if month else ())
    ]
    assert sorted(ours, key=str) == [booking.booking_id, None, None]
    for start in (at(9, day=1), at(15)):
        rival = TestBooking(lab, mine.id, start=start)
        await send(lab, rival.write(mine.id))
        assert (await rival.hears(EntryRefused)).reason == RefusalReason.BUSY_EXTERNAL


async def test_an_entry_stored_under_another_name_is_still_there(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    stored = await mine.entry(booking.name)
    assert stored is not None
    await mine.loses(booking.name)
    await mine.becomes("copy.ics", stored)
    await read_again(lab, mine)
    assert not booking.heard(EntryRemoved)
    moved = booking.moved(at(13))
    await send(lab, moved.write())
    await moved.hears(EntryWritten, times=2)
    assert in_utc(at(13)) in (await mine.entry("copy.ics") or "")


async def filed_elsewhere(
    lab: Lab, proxy: FaultProxy, mine: ConnectedCalendar, booking: TestBooking
) -> ConnectedCalendar:
    """Move the entry to another calendar of its host, as `moved.ics`; return that calendar."""
    other = await connect_calendar(lab, proxy, mine.host_id, mine.owner)
    stored = await mine.entry(booking.name)
    assert stored is not None
    await other.becomes("moved.ics", stored)
    await mine.loses(booking.name)
    await read_again(lab, mine)
    return other


async def test_an_entry_moved_to_another_calendar_is_not_deleted(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    other = await filed_elsewhere(lab, proxied_radicale, mine, booking)
    await lab.log.until(lambda: lab.log.busy(other.id) == {span(at(9))})
    assert not by_hand(booking)

    await other.loses("moved.ics")
    await mine.loses("mark.ics")
    assert (await booking.hears(EntryRemoved)).command_id is None


async def test_an_entry_is_followed_to_another_calendar(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    other = await filed_elsewhere(lab, proxied_radicale, mine, booking)

    rescheduled = booking.moved(at(13))
    await send(lab, rescheduled.write())
    await rescheduled.hears(EntryWritten, times=2)
    assert await mine.entry(booking.name) is None
    rewritten = await other.entry("moved.ics")
    assert rewritten is not None
    assert in_utc(at(13)) in rewritten
    await lab.log.until(lambda: lab.log.busy(other.id) == {span(at(13))})

    dragged = rewritten.replace(in_utc(at(13)), in_utc(at(15)))
    await other.becomes("moved.ics", dragged.replace(in_utc(at(14)), in_utc(at(16))))
    told = await booking.hears(EntryMoved)
    assert (told.command_id, told.slot) == (None, TimeRange(start=at(15), end=at(16)))

    cancelled = rescheduled.later()
    await send(lab, cancelled.remove())
    assert (await cancelled.hears(EntryRemoved)).command_id is not None
    assert await other.entry("moved.ics") is None


@pytest.mark.parametrize("filed", ["in another calendar", "anew"])
async def test_an_app_may_delete_an_entry_before_it_files_it(
    lab: Lab, proxied_radicale: FaultProxy, monkeypatch: pytest.MonkeyPatch, filed: str
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    other = await connect_calendar(lab, proxied_radicale, mine.host_id, mine.owner)
    stored = await mine.entry(booking.name)
    assert stored is not None
    filing = other if filed == "in another calendar" else mine

    async def looked(*given: Any) -> Any:
        """File it between the first look and the second."""
        found = await find_elsewhere(*given)
        if found is None:
            await filing.becomes("filed.ics", stored)
        return found

    monkeypatch.setattr("connector.application.find_deleted.find_elsewhere", looked)
    await mine.loses(booking.name)
    await eventually(lambda: filing.entry("filed.ics"))
    await read_again(lab, mine)
    assert not by_hand(booking)


async def test_a_deletion_waits_for_a_calendar_that_cannot_be_asked(
    lab: Lab, proxied_radicale: FaultProxy, proxied_xandikos: FaultProxy
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    await connect_calendar(lab, proxied_xandikos, mine.host_id, mine.owner)
    proxied_xandikos.next("GET", 500, 500)
    await mine.loses(booking.name)
    removed = await booking.hears(EntryRemoved)
    assert removed.command_id is None
    assert not proxied_xandikos.faults["GET"], "the other was asked until it had an answer"


async def test_a_mass_deletion_cancels_nothing_by_itself(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    mine, booking = await booked(lab, proxied_radicale)
    names = [f"e{n}.ics" for n in range(12)]
    for n, name in enumerate(names):
        await mine.becomes(name, calendar([event(name, at(10 + n), hours=0.5)]).decode())
    await lab.log.until(lambda: len(lab.log.busy(mine.id)) == 13)
    await lab.sql(
        "UPDATE calendar_sync SET next_sync_at = now() + interval '1 hour' WHERE calendar_id = :id",
        id=mine.id,
    )
    await eventually(
        lambda: lab.sql(
            "SELECT 1 FROM calendar_sync WHERE calendar_id = :id AND lease IS NULL", id=mine.id
        )
    )
    for name in (*names, booking.name):
        await mine.loses(name)
    await lab.person(mine.owner).post(f"/v1/calendars/{mine.id}/sync")
    await lab.log.until(lambda: bool(lab.log.of(CalendarDegraded, mine.id)))
    assert not booking.heard(EntryRemoved)

    await lab.person(mine.owner).post(f"/v1/calendars/{mine.id}/deletions/approve")
    await booking.hears(EntryRemoved)
