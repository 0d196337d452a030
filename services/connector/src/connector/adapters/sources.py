"""Which adapter speaks to which provider."""

from connector.adapters.caldav.source import CalDavAccount
from connector.adapters.http.client import GuardedHttp
from connector.adapters.ics.source import IcsFeed
from connector.adapters.inhouse.source import PushedSource
from connector.application.ports import CalendarSource
from connector.domain.calendar import Provider
from connector.domain.connection import Credentials


class Sources:
    """`OpenSource` over one guarded HTTP client."""

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
                return CalDavAccount(
                    self._http,
                    credentials.url,
                    credentials.username or "",
                    credentials.password or "",
                )
            case _:
                raise ValueError(f"{provider} needs credentials")
