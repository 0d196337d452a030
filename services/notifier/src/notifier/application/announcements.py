"""What the notifier lets others know about its mails."""

from datetime import datetime

from entente_contracts import (
    NotificationEvent,
    NotificationFailed,
    NotificationSent,
    PartyRole,
)
from entente_contracts.notification import DeliveryFault, NotificationKind, NotifiedParty

from notifier.application.mail import Mail
from notifier.domain.notices import Kind
from notifier.domain.sending import Accepted, Outcome, Refused


def announcement(mail: Mail, outcome: Outcome, *, at: datetime) -> NotificationEvent | None:
    """Return the event that tells the outcome; None for a mail that is about no booking."""
    if mail.kind is Kind.CONNECTION_BROKEN:
        return None
    party = NotifiedParty(role=PartyRole(mail.role.value), host_id=mail.host_id)
    kind = NotificationKind(mail.kind.value)
    if isinstance(outcome, Accepted):
        return NotificationSent(
            tenant_id=mail.tenant_id,
            booking_id=mail.about,
            booking_revision=mail.revision,
            party=party,
            notification_id=mail.id,
            kind=kind,
            message_id=mail.message_id,
            sent_at=at,
        )
    return NotificationFailed(
        tenant_id=mail.tenant_id,
        booking_id=mail.about,
        booking_revision=mail.revision,
        party=party,
        notification_id=mail.id,
        kind=kind,
        message_id=mail.message_id,
        reason=DeliveryFault(outcome.fault.value),
        permanent=isinstance(outcome, Refused),
        failed_at=at,
    )
