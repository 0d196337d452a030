"""What the notifier sent, could not send, and received in reply. No addresses, no texts."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from entente_contracts.message import Event, PersonalData
from entente_contracts.topics import NOTIFICATION_EVENTS
from entente_contracts.values import Instant, OpenEnum, PartyRole, Revision, Sequence, Uid, Value


class NotificationKind(OpenEnum):
    """What a mail says."""

    PROPOSAL = "proposal"
    INVITATION = "invitation"
    UPDATE = "update"
    CANCELLATION = "cancellation"
    DECLINE = "decline"
    EXPIRY = "expiry"
    REMINDER = "reminder"
    FOLLOW_UP = "follow_up"
    CONFLICT = "conflict"


class DeliveryFault(OpenEnum):
    """Why a mail did not arrive."""

    ADDRESS_REJECTED = "address_rejected"
    CONTENT_REJECTED = "content_rejected"
    BOUNCED = "bounced"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"


class Partstat(OpenEnum):
    """PARTSTAT of an attendee (RFC 5545 §3.2.12), in the RFC's spelling."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


class NotifiedParty(Value):
    """One of the booking's parties; `host_id` tells several hosts apart."""

    role: PartyRole
    host_id: UUID | None = None


class NotificationEvent(Event):
    """Something that happened to a mail about a booking."""

    topic = NOTIFICATION_EVENTS
    personal_data = PersonalData.PSEUDONYMOUS

    booking_id: UUID
    booking_revision: Revision
    """The change of the booking it speaks of."""
    party: NotifiedParty

    def key(self) -> str:
        """Return the booking id."""
        return str(self.booking_id)

    def subject(self) -> str:
        """Return the booking id."""
        return str(self.booking_id)

    def version(self) -> int:
        """Return the booking's revision."""
        return self.booking_revision


MessageId = Annotated[str, Field(min_length=3, max_length=998)]
"""`Message-ID` of a mail (RFC 5322 §3.6.4), angle brackets included."""


class NotificationSent(NotificationEvent):
    """A mail server took the mail. Whether a person read it nobody knows."""

    type = "entente.notification.sent.v1"

    notification_id: UUID
    kind: NotificationKind
    message_id: MessageId
    sent_at: Instant


class NotificationFailed(NotificationEvent):
    """A mail could not be delivered. A failure that is not permanent is being retried."""

    type = "entente.notification.failed.v1"

    notification_id: UUID
    kind: NotificationKind
    message_id: MessageId
    reason: DeliveryFault
    permanent: bool
    failed_at: Instant


class AttendeeReplied(NotificationEvent):
    """A party answered the invitation from their calendar (iTIP REPLY, RFC 5546 §3.2.3)."""

    type = "entente.notification.attendee_replied.v1"

    uid: Uid
    sequence: Sequence
    partstat: Partstat
    replied_at: Instant
