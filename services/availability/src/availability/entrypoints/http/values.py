"""Values that questions and answers share.

One definition serves decoding, encoding and the OpenAPI document (`http.schemas`). What an answer
has many of is kept from the garbage collector, which would take longer than the answer.
"""

from collections.abc import Callable, Iterable
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from availability.domain.errors import RuleError
from availability.domain.intervals import Interval
from availability.domain.rules import Staleness, StalePolicy
from availability.domain.slot_request import MAX_HOSTS
from availability.domain.sources import SourceReport, SourceState

Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset")]
HostIds = Annotated[
    list[UUID], Meta(min_length=1, max_length=MAX_HOSTS, description="Each host once")
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_DEFAULT = Staleness()
_MOST_MOMENTS = 65_536
_YEARS = range(MINYEAR + 1, MAXYEAR)


class StalenessTold(Struct, forbid_unknown_fields=True, frozen=True):
    """How old a calendar's picture may be, and what it means when it is older."""

    bound: Annotated[int, Meta(ge=0, description="In seconds")] = _DEFAULT.bound
    policy: Annotated[
        StalePolicy,
        Meta(
            description="`block`: its time is unknown; `recheck`: slots are marked to be looked at"
            " once more; `offer`: the last good picture is trusted"
        ),
    ] = _DEFAULT.policy

    def read(self) -> Staleness:
        """Return it as a rule."""
        return Staleness(self.bound, self.policy)


class SourceShown(Struct, gc=False):
    """A calendar that the answer rests on."""

    calendar_id: UUID
    state: SourceState
    as_of: Annotated[
        datetime | None, Meta(description="Its picture is as old as this; null: never read")
    ]
    reason: Annotated[str | None, Meta(description="What is wrong with it, if anything is")]


class HostProblem(Struct):
    """Why nothing is said of a host."""

    code: Annotated[str, Meta(description="Stable; decide by it", examples=["host_not_found"])]
    detail: str


HOST_NOT_FOUND = HostProblem("host_not_found", "There is no such active host.")


def window(start: datetime, end: datetime) -> Interval:
    """Return whole seconds that hold all of the time between two instants.

    Raises `RuleError` where a day more on either side would be no date.
    """
    for field, instant in (("from", start), ("to", end)):
        if instant.year not in _YEARS:
            raise RuleError(field, f"must be in the years {_YEARS[0]} to {_YEARS[-1]}")
    return (start - _EPOCH) // _SECOND, -((_EPOCH - end) // _SECOND)


class _Moments(dict[int, datetime]):
    """Instants as they are written: meetings begin and end at few of them."""

    def __missing__(self, instant: int) -> datetime:
        if len(self) >= _MOST_MOMENTS:
            self.clear()
        moment = self[instant] = _EPOCH + timedelta(seconds=instant)
        return moment


shown: Callable[[int], datetime] = _Moments().__getitem__
"""Returns an instant as it is written. A cache that kept an order would take longer to look at."""


def sources_shown(reports: Iterable[SourceReport]) -> list[SourceShown]:
    """Return the sources of a host's answer."""
    return [
        SourceShown(calendar_id, state, None if as_of is None else shown(as_of), fault)
        for calendar_id, state, as_of, fault in reports
    ]
