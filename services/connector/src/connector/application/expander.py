"""Turning stored resources into pictures of months, in a place where they can do no harm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from connector.domain.expansion import BrokenEvent
from connector.domain.horizon import Horizon
from connector.domain.month_picture import Busy, MonthPicture
from connector.domain.own_event import OwnEvent
from connector.domain.source import Resource
from connector.domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a picture depends on besides the resources.

    `owner_address` tells which ATTENDEE is the owner, `default_zone` (IANA) is where floating times
    are, `tenant_id` decides the opaque ids. `key` differs exactly when one of these does, and shows
    nothing of them. `own_uids` are the UIDs of entries of ours with their bookings: known before a
    calendar can show them.
    """

    tenant_id: str
    horizon: Horizon
    owner_address: str = field(repr=False)
    default_zone: str
    key: str
    own_uids: Mapping[str, UUID] = field(default_factory=dict[str, UUID], repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A whole calendar: every month of the horizon, empty ones too.

    `entries` counts the UIDs that take place in it. `own` are the entries of ours, in no order.
    """

    months: tuple[MonthPicture, ...]
    broken: tuple[BrokenEvent, ...]
    entries: int
    own: tuple[OwnEvent, ...] = ()
    name: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitledOccurrence:
    """An occurrence with its title, for the calendar's owner only. Texts are ISO 8601."""

    start: str
    end: str
    all_day: bool
    state: str
    title: str = field(repr=False)


class Expander(Protocol):
    """Reads iCalendar resources and pushed JSON. All methods raise `SourceFailure`."""

    async def picture(self, resources: Sequence[Resource], basis: Basis) -> Picture:
        """Make the picture; raises `too_large` or `invalid_answer` rather than leave things out."""
        ...

    async def busy(
        self, resources: Sequence[Resource], basis: Basis, window: Window
    ) -> Sequence[Busy]:
        """List what is not free in the window, unclipped."""
        ...

    async def titled(
        self, resources: Sequence[Resource], basis: Basis, window: Window
    ) -> Sequence[TitledOccurrence]:
        """List what takes place in the window, by start."""
        ...
