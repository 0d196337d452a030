"""The source of an in-house calendar: there is nobody to ask, only a push to wait for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from connector.domain.pushed_resource import PUSHED
from connector.domain.source import (
    Access,
    Capabilities,
    CheckResult,
    Cursor,
    DiscoveredCalendar,
    Discovery,
    FailureKind,
    Reading,
    SourceFailure,
    Unchanged,
)
from connector.domain.window import Window

MAX_SILENCE = timedelta(hours=1)
"""An in-house system that pushes nothing for so long is taken for broken."""

_CAPABILITIES = Capabilities(
    read=True,
    write=False,
    holds=False,
    push=True,
    delta=False,
    freebusy_only=True,
    two_way=False,
    sends_own_invites=False,
    max_staleness=MAX_SILENCE,
)


class PushedSource:
    """Answers with the last push for as long as it is young enough. A `CalendarSource`."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now

    @property
    def capabilities(self) -> Capabilities:
        """Tells of changes by itself; says when, never what."""
        return _CAPABILITIES

    async def discover(self) -> Discovery:
        """Answer with the one calendar that can be pushed to."""
        calendar = DiscoveredCalendar(
            remote_id=PUSHED, name="In-house", access=Access.FREE_BUSY, is_primary=True
        )
        return Discovery(calendars=(calendar,))

    async def check(self) -> CheckResult:
        """Nothing can be wrong with waiting."""
        return CheckResult.OK

    async def read(self, remote_id: str, cursor: Cursor | None, window: Window) -> Reading:  # noqa: ARG002 - a push says its own window
        """Stand by the last push, or say that it is overdue."""
        pushed = cursor.get("as_of") if cursor else None
        if cursor is None or not isinstance(pushed, str):
            raise SourceFailure(FailureKind.NETWORK, "nothing was pushed yet")
        as_of = datetime.fromisoformat(pushed)
        left = MAX_SILENCE - (self._now() - as_of)
        if left <= timedelta():
            raise SourceFailure(FailureKind.NETWORK, "no push for too long")
        return Unchanged(as_of=as_of, cursor=cursor, next_poll_hint=left)
