"""Aggregates as JSON documents: written and read whole, validated on the way in."""

from typing import Generic, TypeVar

from pydantic import TypeAdapter

from booking.domain.booking import Booking
from booking.domain.calendar import Calendar
from booking.domain.host import Host
from booking.domain.meeting_type import MeetingType

T = TypeVar("T")


class Document(Generic[T]):
    """Reads and writes values of one dataclass."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)

    def write(self, value: T) -> str:
        """Return the value as JSON; what is None is left out."""
        return self._adapter.dump_json(value, exclude_none=True).decode()

    def read(self, text: str) -> T:
        """Return the value; raises ValueError for what could not have been written."""
        return self._adapter.validate_json(text)


BOOKING = Document(Booking)
HOST = Document(Host)
MEETING_TYPE = Document(MeetingType)
CALENDAR = Document(Calendar)
