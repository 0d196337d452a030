"""The interface for in-house calendars."""

from datetime import UTC
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, model_validator

from connector.application.push_busy import BusyPush, PushOutcome, push_busy
from connector.domain.busy_state import BusyState
from connector.domain.occurrence import AllDayOccurrence, Occurrence, TimedOccurrence
from connector.domain.pushed_busy import PushWindow
from connector.domain.pushed_resource import uid_of
from connector.entrypoints.http.actor import CurrentActor, InjectedServices
from connector.entrypoints.http.documents import Day, Document, Moment

router = APIRouter(tags=["in-house calendars"])

State = Literal[BusyState.TENTATIVE, BusyState.BUSY, BusyState.OUT_OF_OFFICE, BusyState.UNKNOWN]
Uid = Annotated[str | None, Field(min_length=1, max_length=255)]


class WindowGiven(Document):
    """The dates a push speaks for, `end_date` excluded; for timed entries the same dates in UTC."""

    first_date: Day
    end_date: Day

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_date <= self.first_date:
            raise ValueError("a window ends after it starts")
        return self


class TimedBusy(Document):
    """Busy between two moments, `end` excluded."""

    start: Moment
    end: Moment
    state: State = BusyState.BUSY
    uid: Uid = None
    """The same for the same meeting in every calendar, so that it is known as one."""

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end <= self.start:
            raise ValueError("busy time ends after it starts")
        return self

    def to_occurrence(self) -> Occurrence:
        """Return it as an occurrence."""
        start, end = self.start.astimezone(UTC), self.end.astimezone(UTC)
        uid = self.uid or uid_of(start, end, self.state)
        return TimedOccurrence(uid, None, 0, self.state, None, start=start, end=end)


class AllDayBusy(Document):
    """Busy on whole dates in the host's zone, `end_date` excluded."""

    start_date: Day
    end_date: Day
    state: State = BusyState.BUSY
    uid: Uid = None
    """As for timed busy time."""

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_date <= self.start_date:
            raise ValueError("busy time ends after it starts")
        return self

    def to_occurrence(self) -> Occurrence:
        """Return it as an occurrence."""
        uid = self.uid or uid_of(self.start_date, self.end_date, self.state)
        return AllDayOccurrence(
            uid, None, 0, self.state, None, start_date=self.start_date, end_date=self.end_date
        )


class PushGiven(Document):
    """All busy time in the window: it replaces whatever was pushed for it before."""

    sequence: int = Field(ge=1, le=2**53, description="Above that of the last push")
    window: WindowGiven
    busy: list[TimedBusy | AllDayBusy] = Field(max_length=10_000)


class PushShown(Document):
    """What the push did."""

    outcome: PushOutcome


@router.put("/v1/sources/{calendar_id}/busy")
async def push(
    calendar_id: UUID, given: PushGiven, actor: CurrentActor, services: InjectedServices
) -> PushShown:
    """Replace what is known of a window. The same push again is answered the same way."""
    statement = BusyPush(
        sequence=given.sequence,
        window=PushWindow(given.window.first_date, given.window.end_date),
        busy=[one.to_occurrence() for one in given.busy],
    )
    return PushShown(outcome=await push_busy(services, actor, calendar_id, statement))
