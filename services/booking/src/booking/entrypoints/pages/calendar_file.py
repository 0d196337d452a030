"""A meeting as a file for one's own calendar."""

from icalendar import Calendar, Event
from icalendar.enums import STATUS

from booking.domain.booking import Booking

MEDIA_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"


def calendar_file(booking: Booking) -> bytes:
    """Return the agreed meeting as iCalendar (RFC 5545), published and not an invitation.

    UID and SEQUENCE are the invitation's: a calendar that has taken that shows one entry.
    """
    event = Event.new(
        uid=booking.uid,
        sequence=booking.sequence,
        stamp=booking.changed_at,
        start=booking.agreed.start,
        end=booking.agreed.end,
        summary=booking.title,
        description=booking.description,
        location=booking.terms.location or booking.conference_url,
        url=booking.conference_url,
        status=STATUS.CONFIRMED,
    )
    calendar = Calendar.new(
        prodid="-//Entente//Booking//EN", method="PUBLISH", subcomponents=[event]
    )
    return calendar.to_ical()
