"""Bookings' entries on real CalDAV servers: there once, where and when they are wanted."""

from datetime import timedelta

import pytest
from connector_lab.bookings import TestBooking, in_utc, send
from connector_lab.dav_calendars import connect_calendar
from connector_lab.fault_proxy import FaultProxy
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab, eventually
from entente_contracts import (
    EntryDelivery,
    EntryMoved,
    EntryRefused,
    EntryRemoved,
    EntryStatus,
    EntryWritten,
    RefusalReason,
)

pytestmark = pytest.mark.integration


async def test_an_entry_is_written_moved_and_removed(lab: Lab, proxy: FaultProxy) -> None:
    mine = await connect_calendar(lab, proxy)
    booking = TestBooking(lab, mine.id)
    await send(lab, booking.write(mine.id))
    written = await booking.hears(EntryWritten)
    assert written.delivery == EntryDelivery.CALENDAR
    assert written.command_id == booking.write().command_id
    stored = await mine.entry(booking.name)
    assert stored is not None
    assert f"X-ENTENTE-BOOKING:{booking.booking_id}" in stored
    assert stored.count("SCHEDULE-AGENT=CLIENT") == 2

    await lab.log.until(lambda: lab.log.busy(mine.id) == {span(at(9))})
    shown = [
        busy.booking_id
        for month in lab.log.months(mine.id).values()
        for busy in (month.occurrences if month else ())
    ]
    assert shown == [booking.booking_id]

    booking = booking.moved(at(14))
    await send(lab, booking.write(mine.id))
    await booking.hears(EntryWritten, times=2)
    stored = await mine.entry(booking.name)
    assert stored is not None
    assert f"DTSTART:{in_utc(at(14))}" in stored
    assert "SEQUENCE:1" in stored
    await lab.log.until(lambda: lab.log.busy(mine.id) == {span(at(14))})

    booking = booking.later()
    await send(lab, booking.remove())
    removed = await booking.hears(EntryRemoved)
    assert removed.command_id == booking.remove().command_id
    assert await mine.entry(booking.name) is None
    await lab.log.until(lambda: lab.log.busy(mine.id) == set())
    assert mine.writes == 3
    assert not booking.heard(EntryMoved)
    assert len(booking.heard(EntryRemoved)) == 1


async def test_the_last_look_sees_what_no_sync_has_seen(lab: Lab, proxy: FaultProxy) -> None:
    mine = await connect_calendar(lab, proxy)
    other = await connect_calendar(lab, proxy, mine.host_id, mine.owner)
    await lab.sql(
        "UPDATE calendar_sync SET next_sync_at = now() + interval '1 hour'"
        " WHERE calendar_id IN (:mine, :other)",
        mine=mine.id,
        other=other.id,
    )
    weekly = event("gym", at(9.5, day=-7), more="RRULE:FREQ=WEEKLY")
    await other.becomes("gym.ics", calendar([weekly]).decode())
    booking = TestBooking(lab, mine.id)
    await send(lab, booking.write(mine.id, other.id))
    refused = await booking.hears(EntryRefused)
    assert refused.reason == RefusalReason.BUSY_EXTERNAL
    (conflict,) = refused.conflicts
    assert (conflict.calendar_id, conflict.start) == (other.id, at(9.5))
    assert await mine.entry(booking.name) is None
    assert mine.writes == 0
    await lab.log.until(lambda: span(at(9.5)) in lab.log.busy(other.id))

    near = TestBooking(lab, mine.id, start=at(8))
    await send(lab, near.write(mine.id, other.id, buffer=timedelta(hours=1)))
    assert (await near.hears(EntryRefused)).reason == RefusalReason.BUFFER
    free = TestBooking(lab, mine.id, start=at(8))
    await send(lab, free.write(mine.id, other.id))
    await free.hears(EntryWritten)


async def test_entries_of_our_own_do_not_stand_in_the_way(lab: Lab, proxy: FaultProxy) -> None:
    mine = await connect_calendar(lab, proxy)
    first = TestBooking(lab, mine.id)
    await send(lab, first.write(mine.id))
    await first.hears(EntryWritten)
    half_an_hour_later = first.moved(at(9.5))
    await send(lab, half_an_hour_later.write(mine.id))
    await first.hears(EntryWritten, times=2)
    second = TestBooking(lab, mine.id)
    await send(lab, second.write(mine.id))
    await second.hears(EntryWritten)
    assert not first.heard(EntryRefused)


async def test_replayed_and_late_commands_write_nothing(lab: Lab, proxy: FaultProxy) -> None:
    mine = await connect_calendar(lab, proxy)
    booking = TestBooking(lab, mine.id)
    moved = booking.moved(at(11))
    await send(lab, booking.write(mine.id), moved.write(mine.id))
    await eventually(
        lambda: lab.sql(
            "SELECT 1 FROM entry WHERE uid = :uid AND state = 'written'"
            " AND (command->>'revision')::int = 2",
            uid=booking.uid,
        )
    )
    writes, answers = mine.writes, len(booking.heard(EntryWritten))
    await send(lab, booking.write(mine.id), moved.write(mine.id), booking.write(mine.id))
    answered = await booking.hears(EntryWritten, times=answers + 1)
    assert answered.booking_revision == 2
    gone = moved.later()
    await send(lab, gone.remove())
    await booking.hears(EntryRemoved)
    await send(lab, booking.write(mine.id), moved.write(mine.id), gone.remove())
    await booking.hears(EntryRemoved, times=2)
    assert mine.writes == writes + 1
    assert await mine.entry(booking.name) is None


async def test_a_tentative_entry_becomes_the_meeting(lab: Lab, proxy: FaultProxy) -> None:
    mine = await connect_calendar(lab, proxy)
    booking = TestBooking(lab, mine.id)
    await send(lab, booking.write(status=EntryStatus.TENTATIVE))
    await booking.hears(EntryWritten)
    assert "STATUS:TENTATIVE" in (await mine.entry(booking.name) or "")
    booking = booking.later()
    await send(lab, booking.write(mine.id))
    await booking.hears(EntryWritten, times=2)
    assert "STATUS:CONFIRMED" in (await mine.entry(booking.name) or "")


async def test_what_was_never_written_can_be_removed(lab: Lab, proxy: FaultProxy) -> None:
    mine = await connect_calendar(lab, proxy)
    booking = TestBooking(lab, mine.id)
    await send(lab, booking.remove())
    await booking.hears(EntryRemoved)
    assert mine.writes == 0
