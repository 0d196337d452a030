"""An account on a CalDAV server."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.discovery import find_calendars
from connector.adapters.caldav.entries import delete_entry, find_entry, put_entry
from connector.adapters.caldav.objects import fetch_object
from connector.adapters.caldav.reading import read_collection
from connector.adapters.caldav.state import own_collection
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.credentials import BasicCredentials
from connector.adapters.http.web_address import WebAddress
from connector.domain.entry_draft import EntryDraft
from connector.domain.entry_writing import EntryRef, StandingEntry, WrittenEntry
from connector.domain.source import (
    Capabilities,
    CheckResult,
    Cursor,
    Discovery,
    Reading,
    Resource,
    SourceFailure,
)
from connector.domain.window import Window

MULTI_HOST_SITES = frozenset({"icloud.com"})
"""Providers that answer for one account on several hosts: iCloud names `pNN-caldav.icloud.com`."""

_CAPABILITIES = Capabilities(
    read=True,
    write=True,
    holds=True,
    push=False,
    delta=True,
    freebusy_only=False,
    two_way=True,
    sends_own_invites=False,
    max_staleness=timedelta(minutes=15),
)


class CalDavAccount:
    """Reads calendars whole at first, then by sync token, or by ETags where there is none.

    A `CalendarSource`, a `ResourceLookup` and an `EntryWriter`; making one raises `SourceFailure`
    for an address or credentials that could never work. Remote ids are collection URLs; resource
    names are paths below the collection.
    """

    def __init__(
        self,
        http: GuardedHttp,
        url: str,
        username: str,
        password: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        home = WebAddress.parse(url.strip())
        self._http = http
        self._credentials = BasicCredentials(username, password, home, MULTI_HOST_SITES)
        self._now = now

    @property
    def capabilities(self) -> Capabilities:
        """Reads live data, and only what changed; what may be written, each collection says."""
        return _CAPABILITIES

    async def discover(self) -> Discovery:
        """List the calendars for events in the account's homes."""
        async with self._visit() as dav:
            return Discovery(calendars=await find_calendars(dav))

    async def check(self) -> CheckResult:
        """Try the account as it stands."""
        try:
            await self.discover()
        except SourceFailure as failure:
            return failure.kind.check_result
        return CheckResult.OK

    async def get(self, remote_id: str, name: str) -> Resource | None:
        """Fetch one resource now; None means that the server says it is gone."""
        async with self._visit() as dav:
            collection = own_collection(dav, remote_id)
            return await fetch_object(dav, collection, collection.address_of(name))

    async def read(self, remote_id: str, cursor: Cursor | None, window: Window) -> Reading:  # noqa: ARG002 - collections are synchronised whole
        """Read what changed since `cursor`, or the whole collection."""
        as_of = self._now()
        async with self._visit() as dav:
            return await read_collection(dav, own_collection(dav, remote_id), cursor, as_of)

    async def find(
        self, remote_id: str, entry: EntryRef, *, thorough: bool = False
    ) -> StandingEntry | None:
        """Look for an entry of ours where it is stored, or by its UID."""
        async with self._visit() as dav:
            collection = own_collection(dav, remote_id)
            return await find_entry(dav, collection, entry, thorough=thorough)

    async def write(
        self, remote_id: str, draft: EntryDraft, standing: StandingEntry | None
    ) -> WrittenEntry:
        """Store the entry unless something changed since it was looked for."""
        async with self._visit() as dav:
            collection = own_collection(dav, remote_id)
            return await put_entry(dav, collection, draft, standing, now=self._now())

    async def remove(self, remote_id: str, standing: StandingEntry) -> None:
        """Delete the entry unless something changed since it was looked for."""
        async with self._visit() as dav:
            await delete_entry(dav, own_collection(dav, remote_id), standing)

    @asynccontextmanager
    async def _visit(self) -> AsyncGenerator[DavClient, None]:
        async with self._http.visit() as visit:
            yield DavClient(visit, self._credentials)
