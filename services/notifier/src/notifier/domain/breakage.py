"""A broken connection to calendars, and the notice its owner gets of it once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

_NAMESPACE = UUID("2c3f1c7e-3c53-5a9e-8a3b-2f8a50f0b7d1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The host who owns a connection, as mails address him or her."""

    host_id: UUID
    name: str
    address: str
    timezone: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """A connection whose calendars cannot be used as before.

    `fault` is the code of what is wrong, `calendar` the name of the first calendar that told,
    `revision` that calendar's. `is_gone` says that the connection has ended by itself.
    """

    tenant_id: str
    connection_id: UUID
    host_id: UUID
    calendar_id: UUID
    calendar: str
    fault: str
    revision: int
    since: datetime
    is_gone: bool = False

    @property
    def notice_id(self) -> UUID:
        """The identity of the mail about it."""
        return uuid5(_NAMESPACE, f"{self.connection_id}/{self.calendar_id}/{self.revision}")
