"""What the connector's use cases need from the outside world."""

from typing import Protocol

from connector.domain.entry_draft import EntryDraft
from connector.domain.entry_writing import EntryRef, StandingEntry, WrittenEntry
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


class EntryWriter(Protocol):
    """Writes entries through a provider. Every method raises `SourceFailure`.

    What is found out about an entry comes before what is done to it, and what is done is
    conditional on what was found: so neither a lost answer nor a rival can lead to a second entry.
    Nobody is mailed by the provider.
    """

    async def find(
        self, remote_id: str, entry: EntryRef, *, thorough: bool = False
    ) -> StandingEntry | None:
        """Look for the entry; None means that the source itself says that it is not there.

        `thorough` searches beyond the place it was, or would be, written to.
        """
        ...

    async def write(
        self, remote_id: str, draft: EntryDraft, standing: StandingEntry | None
    ) -> WrittenEntry:
        """Create the entry, or make the standing one exactly this.

        Raises ChangedMeanwhileError when it is not as found, EntryRejectedError when the provider
        will never take it.
        """
        ...

    async def remove(self, remote_id: str, standing: StandingEntry) -> None:
        """Remove the entry; one that is gone already is no failure. Raises as `write`."""
        ...
