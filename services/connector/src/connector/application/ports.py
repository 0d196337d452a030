"""What the connector's use cases need from the outside world."""

from typing import Protocol

from connector.domain.source import (
    Capabilities,
    CheckResult,
    Cursor,
    Discovery,
    Reading,
    Resource,
)
from connector.domain.window import Window


class CalendarSource(Protocol):
    """One connected account at one provider. Every method but `check` raises `SourceFailure`."""

    @property
    def capabilities(self) -> Capabilities:
        """What this connection can do."""
        ...

    async def discover(self) -> Discovery:
        """List the calendars the account can see, and the permissions it was not given."""
        ...

    async def read(self, remote_id: str, cursor: Cursor | None, window: Window) -> Reading:
        """Read one calendar onwards from `cursor`; None reads all of it.

        `window` binds sources that can only be asked for a time range (Graph, Zoho, EWS): its
        resources are the whole truth inside it. Sources that store whole objects (ICS, CalDAV) may
        bring more. A cursor the provider no longer honours (410, invalid sync token, another
        window) leads to a complete listing, never to an empty one. A read that was cut short
        raises.
        """
        ...

    async def check(self) -> CheckResult:
        """Try the connection as it stands. Never raises `SourceFailure`."""
        ...


class ResourceLookup(Protocol):
    """A source that can be asked for one resource by name."""

    async def get(self, remote_id: str, name: str) -> Resource | None:
        """Fetch one resource now; None means the source itself says that it is not there.

        A deletion may be believed only after this. Raises `SourceFailure` when it cannot be known.
        """
        ...
