"""The ledger of mails: what is to be sent is recorded with the change that it tells."""

from datetime import datetime
from typing import Any
from uuid import UUID

from messaging.outbox import Outbox
from messaging.propagation import inject
from sqlalchemy import case, func, null, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.adapters.tables import mail as mails
from notifier.application.announcements import announcement
from notifier.application.mail import Mail
from notifier.domain.notices import EntryForParty, Kind
from notifier.domain.sending import Fault, Refused

OUTBOX = Outbox("/notifier")

EMPTIED = {"message": null(), "recipient": null()}
"""Nothing personal stays behind once a mail is settled."""


class PostgresLedger:
    """`Ledger` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(self, mail: Mail, *, at: datetime) -> bool:
        """Record a mail that is to be sent; tell whether it was not recorded before."""
        return await self._insert(
            mail, at, state="pending", recipient=mail.recipient, message=mail.message
        )

    async def record_refused(self, mail: Mail, *, at: datetime) -> None:
        """Record, and announce, a mail to an address that cannot be one."""
        outcome = Refused(Fault.ADDRESS_REJECTED)
        is_new = await self._insert(
            mail, at, state="failed", fault=outcome.fault.value, settled_at=at
        )
        event = announcement(mail, outcome, at=at)
        if is_new and event is not None:
            await OUTBOX.add(self._session, event)

    async def withdraw_reminders(self, booking_id: UUID, *, now: datetime) -> None:
        """Keep a booking's unsent reminders from being sent.

        One that a sender holds at this moment may still go out, but is not tried again.
        """
        in_hand = mails.c.lease_until > func.now()
        await self._session.execute(
            update(mails)
            .where(
                mails.c.about == booking_id,
                mails.c.kind == Kind.REMINDER.value,
                mails.c.state == "pending",
            )
            .values(
                state=case((in_hand, mails.c.state), else_="withdrawn"),
                message=case((in_hand, mails.c.message)),
                recipient=case((in_hand, mails.c.recipient)),
                give_up_at=now,
            )
        )

    async def promised_entry(self, booking_id: UUID) -> frozenset[UUID]:
        """Return the hosts who were told last that their entry follows by itself."""
        last = (
            select(mails.c.host_id, mails.c.entry)
            .where(mails.c.about == booking_id, mails.c.entry.is_not(None))
            .ext(distinct_on(mails.c.host_id))
            .order_by(mails.c.host_id, mails.c.id.desc())
            .subquery()
        )
        query = select(last.c.host_id).where(last.c.entry == EntryForParty.FOLLOWS.value)
        return frozenset(await self._session.scalars(query))

    async def _insert(self, mail: Mail, at: datetime, **state: Any) -> bool:
        party = mail.role.value if mail.host_id is None else f"{mail.role}:{mail.host_id}"
        result = await self._session.execute(
            insert(mails)
            .values(
                mail_id=mail.id,
                about=mail.about,
                tenant_id=mail.tenant_id,
                revision=mail.revision,
                party=party,
                role=mail.role.value,
                host_id=mail.host_id,
                kind=mail.kind.value,
                occasion=mail.occasion,
                entry=mail.entry.value if mail.entry else None,
                message_id=mail.message_id,
                trace=inject(),
                next_attempt_at=at,
                give_up_at=mail.give_up_at,
                **state,
            )
            .on_conflict_do_nothing()
            .returning(mails.c.id)
        )
        return result.first() is not None
