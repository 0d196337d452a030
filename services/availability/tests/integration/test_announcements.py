"""What others hear of a host: merged busy time by month, and overlaps."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from availability_lab.facts import BookingFacts, all_day, timed
from availability_lab.lab import Lab, eventually
from availability_lab.wire import End
from entente_contracts import (
    BookingConfirmed,
    BusyTimeChanged,
    CalendarChanged,
    OverlapDetected,
    decode,
    topics,
)
from entente_contracts.availability import BusyInterval
from messaging.clients import Record
from sqlalchemy import text

pytestmark = pytest.mark.integration

# A year ahead of any clock that runs this test: overlaps are told of from the present month on.
MONTH = "2091-11"
NEXT = "2091-12"

# What announcers try to have, each for its transaction.
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('availability.announcer', 0))")


async def told(lab: Lab, key: str) -> list[Any]:
    """Return what was announced under a key, None for its end."""
    records = await lab.wire.records(topics.AVAILABILITY_EVENTS)
    return [_message(record) for record in records if record.key == key.encode()]


def _message(record: Record) -> Any:
    kind = next(value.decode() for name, value in record.headers if name == "ce_type")
    return None if record.value is None else decode(kind, record.value)


def as_text(busy: tuple[BusyInterval, ...]) -> list[tuple[str, str, str]]:
    return [(f"{it.start:%d %H:%M}", f"{it.end:%d %H:%M}", it.state.value) for it in busy]


async def test_a_month_is_announced_merged_and_ends(lab: Lab) -> None:
    host = lab.host()
    work, home = host.calendar(), host.calendar()
    key = BusyTimeChanged.key_for(host.host_id, MONTH)
    await lab.tell(
        host.changed(zone="Pacific/Auckland"),
        work.connected(),
        home.connected(),
        work.picture(MONTH, timed(f"{MONTH}-05T08:00", f"{MONTH}-05T09:00")),
        home.picture(MONTH, timed(f"{MONTH}-05T08:30", f"{MONTH}-05T10:00")),
        # There, the last half day of the month in UTC belongs to the next one's dates.
        work.picture("2091-12"),
        home.picture("2091-12"),
    )

    async def announced() -> Any:
        known = await told(lab, key)
        last = known[-1] if known else None
        return last if last and "unknown" not in {it.state.value for it in last.busy} else None

    first: BusyTimeChanged = await eventually(announced)
    assert as_text(first.busy) == [("05 08:00", "05 10:00", "busy")]
    assert first.tenant_id == lab.tenant

    await lab.tell(work.picture(MONTH, all_day(f"{MONTH}-01", f"{MONTH}-02")))

    async def newer() -> Any:
        last = (await told(lab, key))[-1]
        return last if last.revision > first.revision else None

    second: BusyTimeChanged = await eventually(newer)
    assert as_text(second.busy) == [
        ("01 00:00", "01 11:00", "busy"),
        ("05 08:30", "05 10:00", "busy"),
    ]


async def test_a_date_that_goes_is_told_of_in_the_month_beside_it_too(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    key = BusyTimeChanged.key_for(host.host_id, MONTH)
    # The first of December begins there when it is still November in UTC.
    first_of_december = all_day("2091-12-01", "2091-12-02")
    end_of_december = End(
        CalendarChanged,
        CalendarChanged.key_for(calendar.calendar_id, "2091-12"),
        str(calendar.calendar_id),
        99,
        lab.tenant,
    )

    async def announced(*states: str) -> None:
        expected = [("30 11:00", "01 00:00", state) for state in states]

        async def last() -> bool:
            known = await told(lab, key)
            return bool(known) and as_text(known[-1].busy if known[-1] else ()) == expected

        await eventually(last)

    await lab.tell(host.changed(zone="Pacific/Auckland"), calendar.connected())
    await lab.tell(calendar.picture(MONTH), calendar.picture("2091-12", first_of_december))
    await announced("busy")
    await lab.tell(calendar.picture("2091-12"))
    await announced()
    await lab.tell(calendar.picture("2091-12", first_of_december))
    await announced("busy")
    await lab.tell(end_of_december)
    await announced("unknown")


async def test_nothing_is_announced_when_the_merged_time_stays_the_same(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    key = BusyTimeChanged.key_for(host.host_id, MONTH)
    other = BusyTimeChanged.key_for(host.host_id, "2091-12")
    occurrence = timed(f"{MONTH}-05T08:00", f"{MONTH}-05T09:00")
    await lab.tell(host.changed(), calendar.connected(), calendar.picture(MONTH, occurrence))

    async def announced() -> list[Any]:
        return await told(lab, key)

    before = await eventually(announced)
    inside = timed(f"{MONTH}-05T08:15", f"{MONTH}-05T08:45")
    await lab.tell(
        calendar.checked(),
        calendar.picture(MONTH, occurrence, inside),
        calendar.picture("2091-12", timed("2091-12-05T08:00", "2091-12-05T09:00")),
    )

    async def looked_at() -> list[Any]:
        return await told(lab, other)

    await eventually(looked_at)
    assert await told(lab, key) == before


async def test_bookings_are_busy_time_too(lab: Lab) -> None:
    host = lab.host()
    booking = BookingFacts(host)
    key = BusyTimeChanged.key_for(host.host_id, MONTH)
    await lab.tell(host.changed(), booking.booked(f"{MONTH}-06T10:00", f"{MONTH}-06T11:00"))

    async def announced() -> list[Any]:
        return await told(lab, key)

    (first,) = await eventually(announced)
    assert as_text(first.busy) == [("06 10:00", "06 11:00", "busy")]
    await lab.tell(booking.cancelled())

    async def ended() -> bool:
        return (await told(lab, key))[-1] is None

    await eventually(ended)


async def test_an_entry_is_told_of_until_its_booking_is_known(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    booking = BookingFacts(host)
    key = BusyTimeChanged.key_for(host.host_id, MONTH)
    span = f"{MONTH}-06T10:00", f"{MONTH}-06T11:00"
    entry = timed(*span, booking_id=booking.booking_id)
    booking.booked(*span)  # of which nothing is heard
    await lab.tell(host.changed(), calendar.connected(), calendar.picture(MONTH, entry))

    async def announced(*expected: tuple[str, str, str]) -> None:
        async def last() -> bool:
            known = await told(lab, key)
            return bool(known) and as_text(known[-1].busy) == [*expected]

        await eventually(last)

    await announced(("06 10:00", "06 11:00", "busy"))
    await lab.tell(booking.cancelled())
    await announced()
    ended = End(BookingConfirmed, str(booking.booking_id), str(booking.booking_id), 9, lab.tenant)
    await lab.tell(ended)
    await announced(("06 10:00", "06 11:00", "busy"))


async def test_an_announcement_belongs_to_the_trace_of_its_cause(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    causes = {MONTH: "4bf92f3577b34da6a3ce929d0e0e4736", NEXT: "1a5f0c2b7e9d4c3fa8b6d0e4c2f19375"}
    async with silence(lab):
        for month, trace_id in causes.items():
            busy = timed(f"{month}-15T08:00", f"{month}-15T09:00")
            parent = f"00-{trace_id}-00f067aa0ba902b7-01"
            picture = calendar.picture(month, busy)
            await lab.applied(await lab.wire.publish_within(parent, picture))
        await lab.tell(host.changed(), calendar.connected())
    await lab.quiet()
    records = await lab.wire.records(topics.AVAILABILITY_EVENTS)
    for month, trace_id in causes.items():
        key = BusyTimeChanged.key_for(host.host_id, month).encode()
        told_last = [record for record in records if record.key == key][-1]
        assert trace_id.encode() in dict(told_last.headers)["traceparent"]


@asynccontextmanager
async def silence(lab: Lab) -> AsyncGenerator[None]:
    """Have nothing announced within the block; what changes meanwhile is announced at once."""
    async with lab.sessions.begin() as session:
        await session.execute(LOCK)
        yield


async def test_overlaps_are_told_and_resolved(lab: Lab) -> None:
    host = lab.host()
    work, home = host.calendar(), host.calendar()
    key = OverlapDetected.key_for(host.host_id)
    meeting = timed(f"{MONTH}-05T08:00", f"{MONTH}-05T09:00", name="meeting")
    mirrored = timed(f"{MONTH}-07T08:00", f"{MONTH}-07T09:00", name="mirrored")
    dentist = timed(f"{MONTH}-05T08:30", f"{MONTH}-05T10:00", name="dentist")
    await lab.tell(
        host.changed(),
        work.connected(),
        home.connected(),
        work.picture(MONTH, meeting, mirrored),
        home.picture(MONTH, dentist, mirrored),
    )

    async def detected() -> list[OverlapDetected]:
        return await told(lab, key)

    (first,) = await eventually(detected)
    assert first.complete
    (overlap,) = first.overlaps
    assert (f"{overlap.start:%H:%M}", f"{overlap.end:%H:%M}") == ("08:30", "09:00")
    assert {(part.calendar_id, part.occurrence_id) for part in overlap.parts} == {
        (work.calendar_id, "meeting"),
        (home.calendar_id, "dentist"),
    }

    await lab.tell(home.picture(MONTH, mirrored))

    async def resolved() -> bool:
        return (await told(lab, key))[-1].overlaps == ()

    await eventually(resolved)
