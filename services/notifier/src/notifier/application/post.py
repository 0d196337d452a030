"""Writing notices as mails into the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifier.application.mail import Mail
from notifier.application.mail_address import mailable
from notifier.application.ports import Ledger, Writer
from notifier.domain.breakage import Breakage, Owner
from notifier.domain.notices import Kind, Notice
from notifier.domain.parties import Role
from notifier.domain.sending import GIVE_UP_AFTER


@dataclass(frozen=True, slots=True)
class Post:
    """Makes mails of notices; `domain` stands behind the @ of every Message-ID."""

    writer: Writer
    domain: str

    async def add(self, ledger: Ledger, notices: Iterable[Notice], *, now: datetime) -> None:
        """Record a mail for each notice; one that was recorded before changes nothing."""
        for notice in notices:
            recipient = mailable(notice.party.address)
            message_id = self._message_id(notice.id)
            mail = Mail(
                id=notice.id,
                about=notice.booking.id,
                tenant_id=notice.booking.tenant_id,
                revision=notice.booking.revision,
                role=notice.party.role,
                host_id=notice.party.host_id,
                kind=notice.kind,
                occasion=notice.occasion,
                recipient=recipient or "",
                message_id=message_id,
                message=b""
                if recipient is None
                else self.writer.write(notice, message_id=message_id, made_at=now),
                give_up_at=_give_up_at(notice, now),
                entry=notice.entry,
            )
            if recipient is None:
                await ledger.record_refused(mail, at=now)
            else:
                await ledger.record(mail, at=now)

    async def add_breakage(
        self, ledger: Ledger, breakage: Breakage, owner: Owner, *, now: datetime
    ) -> None:
        """Record a mail that tells an owner of a broken connection."""
        recipient = mailable(owner.address)
        if recipient is None:
            return
        message_id = self._message_id(breakage.notice_id)
        await ledger.record(
            Mail(
                id=breakage.notice_id,
                about=breakage.connection_id,
                tenant_id=breakage.tenant_id,
                revision=breakage.revision,
                role=Role.HOST,
                host_id=owner.host_id,
                kind=Kind.CONNECTION_BROKEN,
                occasion=str(breakage.calendar_id),
                recipient=recipient,
                message_id=message_id,
                message=self.writer.write_breakage(
                    breakage, owner, message_id=message_id, made_at=now
                ),
                give_up_at=now + GIVE_UP_AFTER,
            ),
            at=now,
        )

    def _message_id(self, notice_id: UUID) -> str:
        return f"<{notice_id}@{self.domain}>"


def _give_up_at(notice: Notice, now: datetime) -> datetime:
    """Return when a mail has lost its sense: a reminder with the start, news with the end."""
    latest = now + GIVE_UP_AFTER
    slot = notice.booking.slot
    if slot is None or notice.kind in (Kind.CANCELLATION, Kind.DECLINE, Kind.CONFLICT):
        return latest
    return min(latest, slot.start if notice.kind is Kind.REMINDER else slot.end)
