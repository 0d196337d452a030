"""Which adapter speaks to which provider."""

from connector.adapters.caldav.source import CalDavAccount
from connector.adapters.http.client import GuardedHttp
from connector.adapters.ics.source import IcsFeed
from connector.adapters.inhouse.source import PushedSource
from connector.application.ports import CalendarSource, EntryWriter
from connector.domain.calendar import Provider
from connector.domain.connection import Credentials
from connector.domain.source import FailureKind, SourceFailure


class Sources:
    """`OpenSource` and, as `writer`, `OpenWriter`, over one guarded HTTP client."""

    def __init__(self, http: GuardedHttp) -> None:
        self._http = http

    def __call__(self, provider: Provider, credentials: Credentials | None) -> CalendarSource:
        """Return the account's source."""
        match provider, credentials:
            case Provider.INHOUSE, _:
                return PushedSource()
            case Provider.ICS, Credentials():
                return IcsFeed(self._http, credentials.url)
            case Provider.CALDAV, Credentials():
                return self._caldav(credentials)
            case _:
                raise ValueError(f"{provider} needs credentials")

    def writer(self, provider: Provider, credentials: Credentials | None) -> EntryWriter:
        """Return what writes the account's entries."""
        if provider is Provider.CALDAV and credentials:
            return self._caldav(credentials)
        raise SourceFailure(FailureKind.PERMISSION, f"nothing can be written to {provider}")

    def _caldav(self, given: Credentials) -> CalDavAccount:
        return CalDavAccount(self._http, given.url, given.username or "", given.password or "")
