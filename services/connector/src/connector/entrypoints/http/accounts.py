"""Accounts as users give them."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from connector.application.connect import Account
from connector.domain.calendar import Provider
from connector.domain.connection import Credentials
from connector.entrypoints.http.addresses import server_of
from connector.entrypoints.http.documents import Document

_WITHOUT_NUL = r"^[^\x00]*$"
"""PostgreSQL stores none."""

Url = Annotated[SecretStr, Field(min_length=1, max_length=2048)]


class IcsAccount(Document):
    """A read-only calendar behind a link. No suffix is needed; the link is kept as a secret."""

    provider: Literal["ics"]
    url: Url

    def to_account(self) -> Account:
        """Return it as the use cases take it. Raises Refusal for an address that cannot be one."""
        url = self.url.get_secret_value()
        return Account(
            provider=Provider.ICS, server=server_of(url), credentials=Credentials(url=url)
        )


class CalDavAccount(Document):
    """An account on a CalDAV server, or one of its calendars."""

    provider: Literal["caldav"]
    url: Url
    username: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^:]*$")]
    password: Annotated[SecretStr, Field(min_length=1, max_length=1024)]

    def to_account(self) -> Account:
        """Return it as the use cases take it. Raises Refusal for an address that cannot be one."""
        url = self.url.get_secret_value()
        return Account(
            provider=Provider.CALDAV,
            server=server_of(url),
            credentials=Credentials(
                url=url, username=self.username, password=self.password.get_secret_value()
            ),
        )


class InHouseAccount(Document):
    """A calendar of a system of one's own, which pushes its busy time."""

    provider: Literal["inhouse"]
    name: Annotated[str, Field(min_length=1, max_length=256, pattern=_WITHOUT_NUL)]

    def to_account(self) -> Account:
        """Return it as the use cases take it."""
        return Account(provider=Provider.INHOUSE, server="inhouse", name=self.name)


AccountGiven = Annotated[
    IcsAccount | CalDavAccount | InHouseAccount, Field(discriminator="provider")
]
