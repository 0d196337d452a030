"""Whose time is looked at when slots are looked for."""

from booking.application.ports import Search
from booking.domain.booking import Booking
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.slot import Slot


def search_in(window: Slot, meeting_type: MeetingType, moving: Booking | None = None) -> Search:
    """Return the search for slots that start in the window.

    A booking that is to move keeps its hosts, who need not be its meeting type's any more, and its
    own time counts as free. Only where hosts take turns may another one meet the guest.
    """
    host_ids = meeting_type.host_ids
    if moving is not None:
        takers = host_ids if meeting_type.mode is HostsMode.ANY else ()
        host_ids = tuple(dict.fromkeys((*moving.host_ids, *takers)))
    return Search(
        meeting_type=meeting_type,
        host_ids=host_ids,
        window=window,
        ignoring=moving.id if moving else None,
    )
