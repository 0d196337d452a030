"""Whatever goes wrong at a provider, an entry is there once in the end, or its failure is told."""

import asyncio
from datetime import timedelta

import pytest
from connector_lab.bookings import TestBooking, send
from connector_lab.dav_calendars import ConnectedCalendar, connect_calendar
from connector_lab.fault_proxy import Cut, FaultProxy
from connector_lab.feeds import at
from connector_lab.lab import Lab
from entente_contracts import (
    CalendarDegraded,
    CalendarFault,
    CalendarRestored,
    EntryFailed,
    EntryRefused,
    EntryRemoved,
    EntryWritten,
    RefusalReason,
)

pytestmark = pytest.mark.integration


async def rest(lab: Lab, *calendars: ConnectedCalendar) -> None:
    """Keep calendars from being synchronised, so that only the last look meets the faults."""
    for one in calendars:
        await lab.sql(
            "UPDATE calendar_sync SET next_sync_at = now() + interval '1 hour',"
            " lease = NULL, lease_until = NULL WHERE calendar_id = :id",
            id=one.id,
        )
    await asyncio.sleep(0.3)  # a sync under way comes to its end


@pytest.mark.parametrize("fault", [500, 412, 423, 507, Cut.BEFORE, Cut.AFTER, 1.0])
async def test_an_entry_is_written_once_in_the_end(
    lab: Lab, proxy: FaultProxy, fault: float | Cut
) -> None:
    mine = await connect_calendar(lab, proxy)
    booking = TestBooking(lab, mine.id)
    proxy.next("PUT", fault)
    await send(lab, booking.write(mine.id))
    await booking.hears(EntryWritten)
    assert mine.writes == 1
    assert await mine.entry(booking.name) is not None
    assert all(not told.permanent for told in booking.heard(EntryFailed))
    assert not booking.heard(EntryRefused)

    moved = booking.moved(at(12))
    proxy.next("PUT", fault)
    await send(lab, moved.write(mine.id))
    await moved.hears(EntryWritten, times=2)
    assert mine.writes == 2

    proxy.next("DELETE", fault)
    gone = moved.later()
    await send(lab, gone.remove())
    await gone.hears(EntryRemoved)
    assert mine.writes == 3
    assert await mine.entry(booking.name) is None


async def test_retry_after_is_honoured(lab: Lab, proxied_radicale: FaultProxy) -> None:
    proxy = proxied_radicale
    mine = await connect_calendar(lab, proxy)
    booking = TestBooking(lab, mine.id)
    proxy.headers["Retry-After"] = "3600"
    proxy.next("PUT", 429)
    await send(lab, booking.write(mine.id))
    told = await booking.hears(EntryFailed)
    assert (told.reason, told.permanent) == (CalendarFault.THROTTLED, False)
    proxy.headers.clear()
    planned = (
        "SELECT next_attempt_at - now() AS wait, attempts FROM entry WHERE uid = :uid"
        " AND next_attempt_at IS NOT NULL"
    )
    (row,) = await lab.sql(planned, uid=booking.uid)
    assert row.wait > timedelta(minutes=55)
    assert mine.writes == 0


async def test_refused_credentials_are_tried_again_and_the_owner_told(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    mine = await connect_calendar(lab, proxied_radicale)
    booking = TestBooking(lab, mine.id)
    proxied_radicale.next("PUT", 401)
    await send(lab, booking.write(mine.id))
    told = await booking.hears(EntryFailed)
    assert (told.reason, told.permanent) == (CalendarFault.AUTHENTICATION, False)
    await lab.log.until(lambda: bool(lab.log.of(CalendarDegraded, mine.id)))
    await booking.hears(EntryWritten)
    await lab.log.until(lambda: bool(lab.log.of(CalendarRestored, mine.id)))
    assert len(booking.heard(EntryFailed)) == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, CalendarFault.PERMISSION), (413, CalendarFault.INVALID_ANSWER)],
)
async def test_a_definite_refusal_is_final(
    lab: Lab, proxied_radicale: FaultProxy, status: int, reason: CalendarFault
) -> None:
    mine = await connect_calendar(lab, proxied_radicale)
    booking = TestBooking(lab, mine.id)
    proxied_radicale.next("PUT", status)
    await send(lab, booking.write(mine.id))
    told = await booking.hears(EntryFailed)
    assert (told.reason, told.permanent) == (reason, True)
    await send(lab, booking.write(mine.id))
    await booking.hears(EntryFailed, times=2)
    assert mine.writes == 0


async def test_a_calendar_that_cannot_be_looked_at_is_not_free(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    proxy = proxied_radicale
    mine = await connect_calendar(lab, proxy)
    other = await connect_calendar(lab, proxy, mine.host_id, mine.owner)
    await rest(lab, mine, other)
    booking = TestBooking(lab, mine.id)
    proxy.next("REPORT", 401)
    await send(lab, booking.write(other.id))
    refused = await booking.hears(EntryRefused)
    assert (refused.reason, refused.conflicts) == (RefusalReason.SOURCE_UNAVAILABLE, ())
    assert mine.writes == 0


async def test_a_calendar_that_answers_too_late_is_looked_at_again(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    proxy = proxied_radicale
    mine = await connect_calendar(lab, proxy)
    other = await connect_calendar(lab, proxy, mine.host_id, mine.owner)
    await rest(lab, mine, other)
    booking = TestBooking(lab, mine.id)
    proxy.next("REPORT", Cut.BEFORE)
    await send(lab, booking.write(other.id))
    await booking.hears(EntryWritten)
    assert [told.permanent for told in booking.heard(EntryFailed)] == [False]
    assert not booking.heard(EntryRefused)
    assert mine.writes == 1


async def test_what_nobody_foresaw_is_told_and_tried_again(
    lab: Lab, proxied_radicale: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await connect_calendar(lab, proxied_radicale)
    booking = TestBooking(lab, mine.id)
    with monkeypatch.context() as patch:
        patch.setattr("connector.application.carry_out_entry.attempt_entry", stumble)
        await send(lab, booking.write(mine.id))
        failed = await booking.hears(EntryFailed)
    assert (failed.reason, failed.permanent) == (CalendarFault.INVALID_ANSWER, False)
    await booking.hears(EntryWritten)
    assert mine.writes == 1


async def stumble(*_: object) -> None:
    raise IndexError


async def test_a_disconnected_calendar_and_one_never_known_take_nothing(
    lab: Lab, proxied_radicale: FaultProxy
) -> None:
    mine = await connect_calendar(lab, proxied_radicale)
    (row,) = await lab.sql("SELECT connection_id FROM calendar WHERE id = :id", id=mine.id)
    await lab.person(mine.owner).delete(f"/v1/connections/{row.connection_id}")
    booking = TestBooking(lab, mine.id)
    await send(lab, booking.write())
    told = await booking.hears(EntryFailed)
    assert (told.reason, told.permanent) == (CalendarFault.REQUESTED, True)

    lost = TestBooking(lab, booking.booking_id)
    await send(lab, lost.write())
    told = await lost.hears(EntryFailed)
    assert (told.reason, told.permanent) == (CalendarFault.GONE, True)
