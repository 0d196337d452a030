"""A mail as the ledger keeps it, from the notice it tells to its delivery."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifier.domain.notices import EntryForParty, Kind
from notifier.domain.parties import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one party.

    `about` is the booking, or the connection for CONNECTION_BROKEN. `message` is the whole mail
    as it goes over the wire, rendered once: what is sent again is the same to the byte.
    `give_up_at` is when it has lost its sense. `entry` is what it says of the host's entry.
    """

    id: UUID
    about: UUID
    tenant_id: str
    revision: int
    role: Role
    host_id: UUID | None
    kind: Kind
    occasion: str
    recipient: str
    message_id: str
    message: bytes
    give_up_at: datetime
    entry: EntryForParty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMail:
    """A mail that one sender holds for the time of its lease.

    `fence` grows with every claim: who holds an older one can no longer settle the mail.
    `is_late` says that it must not be sent any more.
    """

    mail: Mail
    fence: int
    attempts: int
    is_late: bool
    trace: dict[str, str]
