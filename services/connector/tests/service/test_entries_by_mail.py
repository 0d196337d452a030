"""Calendars that cannot be written: after the last look a mail has to do."""

from uuid import UUID

import pytest
from connector_lab.bookings import TestBooking, send
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab, Link
from entente_contracts import (
    CalendarFault,
    EntryDelivery,
    EntryFailed,
    EntryRefused,
    EntryRemoved,
    EntryStatus,
    EntryWritten,
    RefusalReason,
)

pytestmark = pytest.mark.integration


async def linked(lab: Lab, owner: str, *events: str) -> tuple[UUID, Link]:
    host = await lab.host(owner)
    link = lab.link(calendar(events))
    (shown,) = (await lab.connect(host, owner, link.account))["calendars"]
    await lab.log.until(lambda: bool(lab.log.months(shown["id"])))
    return UUID(shown["id"]), link


async def test_a_free_link_leaves_it_to_a_mail(lab: Lab) -> None:
    shown, _ = await linked(lab, "mila")
    booking = TestBooking(lab, shown)
    await send(lab, booking.write(shown))
    written = await booking.hears(EntryWritten)
    assert written.delivery == EntryDelivery.MAIL
    gone = booking.later()
    await send(lab, gone.remove())
    await gone.hears(EntryRemoved)


async def test_the_link_is_looked_at_live(lab: Lab) -> None:
    shown, link = await linked(lab, "mina")
    await lab.sql(
        "UPDATE calendar_sync SET next_sync_at = now() + interval '1 hour' WHERE calendar_id = :id",
        id=shown,
    )
    link.says(calendar([event("dentist", at(9.5))]))
    booking = TestBooking(lab, shown)
    await send(lab, booking.write(shown))
    refused = await booking.hears(EntryRefused)
    assert refused.reason == RefusalReason.BUSY_EXTERNAL
    assert not booking.heard(EntryWritten)


async def test_an_invitation_that_shows_in_the_feed_is_the_bookings_own(lab: Lab) -> None:
    shown, link = await linked(lab, "mona")
    booking = TestBooking(lab, shown)
    await send(lab, booking.write(shown))
    await booking.hears(EntryWritten)
    link.says(calendar([event(booking.uid, at(9))]))
    await lab.log.until(lambda: lab.log.busy(shown) == {span(at(9))})
    months = [month for month in lab.log.months(shown).values() if month]
    assert [one.booking_id for month in months for one in month.occurrences] == [booking.booking_id]

    overlapping = booking.moved(at(9.5))
    await send(lab, overlapping.write(shown))
    await overlapping.hears(EntryWritten, times=2)
    assert not booking.heard(EntryRefused)


async def test_a_date_that_is_only_proposed_never_reaches_it(lab: Lab) -> None:
    shown, _ = await linked(lab, "mara")
    booking = TestBooking(lab, shown)
    await send(lab, booking.write(status=EntryStatus.TENTATIVE))
    told = await booking.hears(EntryFailed)
    assert (told.reason, told.permanent) == (CalendarFault.PERMISSION, True)
