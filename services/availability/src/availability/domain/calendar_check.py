"""A calendar read in full in which nothing had changed."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class CalendarCheck(NamedTuple):
    """`revision` counts readings; `as_of` (aware) is when this one began."""

    calendar_id: UUID
    revision: int
    as_of: datetime
