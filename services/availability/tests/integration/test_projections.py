"""Records in any order, repeated, old or ended: what is known is what the newest said."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from availability_lab.facts import BookingFacts, CalendarFacts, HostFacts, all_day, timed
from availability_lab.lab import Lab
from availability_lab.wire import End, envelope
from entente_contracts import (
    BookingConfirmed,
    BusyState,
    CalendarChanged,
    CalendarChecked,
    CalendarFault,
    HostChanged,
    topics,
)

pytestmark = pytest.mark.integration

Busy = list[tuple[str, str, str]]


async def asked(
    lab: Lab, host_id: UUID, start: str = "2026-11-02", end: str = "2026-11-07", **more: Any
) -> dict[str, Any]:
    body = {"hosts": [str(host_id)], "from": f"{start}T00:00:00Z", "to": f"{end}T00:00:00Z"}
    response = await (await lab.person()).post("/v1/free-busy", body | more)
    assert response.status_code == 200, response.text
    host: dict[str, Any] = response.json()["hosts"][0]
    return host


async def busy_of(
    lab: Lab, host_id: UUID, start: str = "2026-11-02", end: str = "2026-11-07", **more: Any
) -> Busy:
    host = await asked(lab, host_id, start, end, **more)
    return [(it["start"][5:16], it["end"][5:16], it["state"]) for it in host["busy"]]


async def connected(lab: Lab, zone: str = "UTC") -> tuple[HostFacts, CalendarFacts]:
    host = lab.host()
    calendar = host.calendar()
    await lab.tell(host.changed(zone=zone), calendar.connected())
    return host, calendar


EIGHT = ("2026-11-03T08:00", "2026-11-03T09:00")
TEN = ("2026-11-03T10:00", "2026-11-03T11:00")
WHOLE: Busy = [("11-02T00:00", "11-07T00:00", "unknown")]


async def test_a_newer_picture_replaces_and_an_older_one_does_not(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT), revision=5))
    await lab.tell(calendar.picture("2026-11", timed(*TEN), revision=7))
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT), timed(*TEN), revision=6))
    assert await busy_of(lab, host.host_id) == [("11-03T10:00", "11-03T11:00", "busy")]


async def test_many_pictures_at_once_leave_the_newest(lab: Lab) -> None:
    host, calendar = await connected(lab)
    pictures = [
        calendar.picture("2026-11", timed(*(TEN if revision == 30 else EIGHT)), revision=revision)
        for revision in (*range(1, 20), 30, *range(20, 30))
    ]
    await lab.tell(*pictures)
    assert await busy_of(lab, host.host_id) == [("11-03T10:00", "11-03T11:00", "busy")]


async def test_the_same_record_again_changes_nothing(lab: Lab) -> None:
    host, calendar = await connected(lab)
    first = calendar.picture("2026-11", timed(*EIGHT))
    second = calendar.picture("2026-11", timed(*TEN))
    records: list[Any] = [(envelope(it), it) for it in (first, second)]
    await lab.applied(await lab.wire.send([*records, *records]))
    await lab.tell(first)
    assert await busy_of(lab, host.host_id) == [("11-03T10:00", "11-03T11:00", "busy")]


async def test_events_may_come_before_what_they_speak_of(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    booking = BookingFacts(host)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT)))
    await lab.tell(booking.booked(*TEN))
    await lab.tell(calendar.connected())
    await lab.tell(host.changed())
    assert await busy_of(lab, host.host_id) == [
        ("11-03T08:00", "11-03T09:00", "busy"),
        ("11-03T10:00", "11-03T11:00", "busy"),
    ]


async def test_a_month_that_was_never_read_is_not_free(lab: Lab) -> None:
    host, calendar = await connected(lab)
    assert await busy_of(lab, host.host_id) == WHOLE
    assert (await asked(lab, host.host_id))["sources"][0]["state"] == "never_read"
    await lab.tell(calendar.picture("2026-11"))
    assert await busy_of(lab, host.host_id) == []
    assert await busy_of(lab, host.host_id, "2026-11-29", "2026-12-03") == [
        ("12-01T00:00", "12-03T00:00", "unknown")
    ]


async def test_a_month_that_ended_is_not_free_and_stays_ended(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT), revision=3))
    await lab.tell(
        End(
            CalendarChanged,
            CalendarChanged.key_for(calendar.calendar_id, "2026-11"),
            str(calendar.calendar_id),
            4,
            lab.tenant,
        )
    )
    assert await busy_of(lab, host.host_id) == WHOLE
    await lab.tell(calendar.picture("2026-11", revision=2))
    assert await busy_of(lab, host.host_id) == WHOLE
    await lab.tell(calendar.picture("2026-11", timed(*TEN), revision=5))
    assert await busy_of(lab, host.host_id) == [("11-03T10:00", "11-03T11:00", "busy")]


async def test_what_is_redriven_after_its_end_stays_ended(lab: Lab) -> None:
    host, calendar = await connected(lab)
    month = CalendarChanged.key_for(calendar.calendar_id, "2026-11")
    booking = BookingFacts(host)
    booked = booking.booked(*TEN)
    ends = [
        End(CalendarChanged, month, str(calendar.calendar_id), 4, lab.tenant),
        End(BookingConfirmed, str(booking.booking_id), str(booking.booking_id), 2, lab.tenant),
    ]
    await lab.tell(*ends)
    await lab.tell(calendar.picture("2026-11", revision=3), booked)
    assert await busy_of(lab, host.host_id) == WHOLE
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT), revision=5))
    assert await busy_of(lab, host.host_id) == [("11-03T08:00", "11-03T09:00", "busy")]


async def test_a_null_value_without_an_envelope_ends_a_month_too(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT), revision=3))
    key = CalendarChanged.key_for(calendar.calendar_id, "2026-11")
    await lab.wire.send_bare(topics.CALENDAR_BUSY, key)
    other, calendar_of_other = await connected(lab)
    await lab.tell(calendar_of_other.picture("2026-11"))
    await lab.settled(topics.CALENDAR_BUSY)
    assert await busy_of(lab, host.host_id) == WHOLE
    assert await busy_of(lab, other.host_id) == []


async def test_freshness_is_that_of_the_last_reading(lab: Lab) -> None:
    host, calendar = await connected(lab)
    now = datetime.now(UTC).replace(microsecond=0)
    hours = [now - timedelta(hours=n) for n in range(4)]
    await lab.tell(calendar.picture("2026-11", as_of=hours[3]))
    source = (await asked(lab, host.host_id))["sources"][0]
    assert (source["state"], source["as_of"]) == ("stale", f"{hours[3]:%Y-%m-%dT%H:%M:%SZ}")
    assert await busy_of(lab, host.host_id) == []
    blocking: dict[str, Any] = {"staleness": {"bound": 900, "policy": "block"}}
    assert await busy_of(lab, host.host_id, **blocking) == WHOLE
    wide: dict[str, Any] = {"staleness": {"bound": 4 * 3600, "policy": "block"}}
    assert await busy_of(lab, host.host_id, **wide) == []

    await lab.tell(calendar.checked(as_of=now))
    source = (await asked(lab, host.host_id, **blocking))["sources"][0]
    assert (source["state"], source["as_of"]) == ("fresh", f"{now:%Y-%m-%dT%H:%M:%SZ}")
    assert await busy_of(lab, host.host_id, **blocking) == []
    await lab.tell(calendar.checked(as_of=hours[2], revision=1))
    assert (await asked(lab, host.host_id))["sources"][0]["state"] == "fresh"
    end = End(
        CalendarChecked,
        CalendarChecked.key_for(calendar.calendar_id),
        str(calendar.calendar_id),
        99,
        lab.tenant,
    )
    await lab.tell(end)
    assert (await asked(lab, host.host_id))["sources"][0]["state"] == "stale"


async def test_only_calendars_that_block_count(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT)))
    await lab.tell(calendar.switched(blocks=False))
    assert await busy_of(lab, host.host_id) == []
    await lab.tell(calendar.switched(blocks=True))
    assert await busy_of(lab, host.host_id) == [("11-03T08:00", "11-03T09:00", "busy")]


async def test_a_calendar_in_trouble_keeps_its_last_picture(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT)), calendar.degraded())
    told = await asked(lab, host.host_id)
    assert (told["sources"][0]["state"], told["sources"][0]["reason"]) == ("degraded", "network")
    assert len(told["busy"]) == 1


async def test_a_calendar_that_broke_blocks_and_one_taken_away_does_not(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT)))
    await lab.tell(calendar.disconnected(CalendarFault.AUTHENTICATION))
    assert {state for *_, state in await busy_of(lab, host.host_id)} == {"unknown", "busy"}
    await lab.tell(calendar.disconnected(CalendarFault.REQUESTED))
    told = await asked(lab, host.host_id)
    assert (told["busy"], told["sources"]) == ([], [])


async def test_our_own_entries_are_told_once_and_echoes_of_ended_bookings_not_at_all(
    lab: Lab,
) -> None:
    host, calendar = await connected(lab)
    booking = BookingFacts(host)
    buffer = timedelta(minutes=15)
    entry = timed(*EIGHT, booking_id=booking.booking_id)
    await lab.tell(calendar.picture("2026-11", entry))
    assert await busy_of(lab, host.host_id) == [("11-03T08:00", "11-03T09:00", "busy")]
    await lab.tell(booking.held((EIGHT[0], EIGHT[1]), (TEN[0], TEN[1]), buffer=buffer))
    assert await busy_of(lab, host.host_id) == [
        ("11-03T07:45", "11-03T09:15", "tentative"),
        ("11-03T09:45", "11-03T11:15", "tentative"),
    ]
    await lab.tell(booking.booked(*EIGHT, buffer=buffer))
    assert await busy_of(lab, host.host_id) == [("11-03T07:45", "11-03T09:15", "busy")]
    await lab.tell(booking.booked(*TEN))
    assert await busy_of(lab, host.host_id) == [("11-03T10:00", "11-03T11:00", "busy")]
    await lab.tell(booking.cancelled())
    assert await busy_of(lab, host.host_id) == []


async def test_an_entry_in_the_calendar_of_somebody_else_is_a_meeting(lab: Lab) -> None:
    host, _ = await connected(lab)
    other, calendar = await connected(lab)
    booking = BookingFacts(host)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT, booking_id=booking.booking_id)))
    await lab.tell(booking.booked(*EIGHT))
    assert await busy_of(lab, other.host_id) == [("11-03T08:00", "11-03T09:00", "busy")]
    await lab.tell(booking.cancelled())
    assert await busy_of(lab, other.host_id) == [("11-03T08:00", "11-03T09:00", "busy")]


async def test_an_entry_that_names_a_booking_of_another_tenant_is_a_meeting(lab: Lab) -> None:
    host, calendar = await connected(lab)
    booking = BookingFacts(host)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT, booking_id=booking.booking_id)))
    elsewhere = lab.for_new_tenant()
    namesake = HostFacts(elsewhere.tenant, host.host_id)
    await elsewhere.tell(BookingFacts(namesake, booking.booking_id).booked(*EIGHT))
    assert await busy_of(lab, host.host_id) == [("11-03T08:00", "11-03T09:00", "busy")]


async def test_an_entry_made_weekly_is_an_echo_at_the_time_of_its_booking_alone(lab: Lab) -> None:
    host, calendar = await connected(lab)
    booking = BookingFacts(host)
    weekly = [
        timed(f"2026-11-{day:02}T08:00", f"2026-11-{day:02}T09:00", booking_id=booking.booking_id)
        for day in (3, 10)
    ]
    await lab.tell(calendar.picture("2026-11", *weekly), booking.booked(*EIGHT))
    await lab.tell(booking.cancelled())
    assert await busy_of(lab, host.host_id, "2026-11-02", "2026-11-12") == [
        ("11-10T08:00", "11-10T09:00", "busy")
    ]


async def test_an_all_day_entry_is_as_long_as_the_day_where_the_host_lives(lab: Lab) -> None:
    host, calendar = await connected(lab, "America/New_York")
    away = all_day("2026-11-01", "2026-11-02", BusyState.OUT_OF_OFFICE)
    await lab.tell(calendar.picture("2026-11", away), calendar.picture("2026-10"))
    window = ("2026-10-31", "2026-11-04")
    assert await busy_of(lab, host.host_id, *window) == [
        ("11-01T04:00", "11-02T05:00", "out_of_office")
    ]
    await lab.tell(host.changed(zone="Europe/Ljubljana"))
    assert await busy_of(lab, host.host_id, *window) == [
        ("10-31T23:00", "11-01T23:00", "out_of_office")
    ]


async def test_an_entry_of_many_days_is_found_from_any_window(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed("2026-11-02T10:00", "2026-11-28T10:00")))
    assert await busy_of(lab, host.host_id, "2026-11-20", "2026-11-21") == [
        ("11-20T00:00", "11-21T00:00", "busy")
    ]


async def test_a_host_that_cannot_be_read_keeps_what_was_known(lab: Lab) -> None:
    host, calendar = await connected(lab)
    await lab.tell(calendar.picture("2026-11", timed(*EIGHT)))
    nowhere: HostChanged = host.changed(zone="Mars/Olympus")
    await lab.wire.publish(nowhere)
    await lab.settled(topics.HOST_EVENTS)
    assert await busy_of(lab, host.host_id) == [("11-03T08:00", "11-03T09:00", "busy")]
    dead = await lab.wire.records(topics.dead_letter(topics.HOST_EVENTS, lab.settings.group))
    assert [it.key for it in dead if it.key == str(host.host_id).encode()]


async def test_two_hundred_hosts_for_ninety_days_are_one_question(lab: Lab) -> None:
    hosts = [lab.host() for _ in range(200)]
    calendars = [host.calendar() for host in hosts]
    meetings = [timed(f"2026-11-{day:02}T08:00", f"2026-11-{day:02}T09:00") for day in range(2, 30)]
    await lab.tell(
        *(host.changed() for host in hosts),
        *(calendar.connected() for calendar in calendars),
        *(
            calendar.picture(month, *(meetings if month == "2026-11" else ()))
            for calendar in calendars
            for month in ("2026-11", "2026-12", "2027-01")
        ),
    )
    body = {
        "hosts": [str(host.host_id) for host in hosts],
        "from": "2026-11-02T00:00:00Z",
        "to": "2027-01-31T00:00:00Z",
    }
    response = await (await lab.person()).post("/v1/free-busy", body)
    answers = response.json()["hosts"]
    assert [it["host_id"] for it in answers] == body["hosts"]
    assert {len(it["busy"]) for it in answers} == {28}
