"""The sending side of the ledger: fenced leases on due mails, and what became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from messaging.database import Sessions
from sqlalchemy import Row, func, or_, select, true, update

from notifier.adapters.ledger import EMPTIED, OUTBOX
from notifier.adapters.tables import mail as mails
from notifier.application.announcements import announcement
from notifier.application.mail import ClaimedMail, Mail
from notifier.domain.notices import EntryForParty, Kind
from notifier.domain.parties import Role
from notifier.domain.sending import Accepted, Outcome, Postponed


class PostgresDispatch:
    """`Dispatch` over a database. Leases follow the database's clock, all else the caller's."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def claim(self, now: datetime, *, most: int, lease: timedelta) -> Sequence[ClaimedMail]:
        """Take due mails for the time of the lease; nobody else gets them meanwhile.

        A party gets the mails about one booking in their order: a mail waits for those before it.
        """
        earlier = mails.alias("earlier")
        waits = (
            select(earlier.c.id)
            .where(
                earlier.c.about == mails.c.about,
                earlier.c.party == mails.c.party,
                earlier.c.state == "pending",
                earlier.c.id < mails.c.id,
            )
            .exists()
        )
        due = (
            select(mails.c.id)
            .where(
                mails.c.state == "pending",
                mails.c.next_attempt_at <= now,
                or_(mails.c.lease_until.is_(None), mails.c.lease_until <= func.now()),
                ~waits,
            )
            .order_by(mails.c.next_attempt_at, mails.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = (
            update(mails)
            .where(mails.c.id.in_(due))
            .values(
                lease_until=func.now() + lease,
                fence=mails.c.fence + 1,
                attempts=mails.c.attempts + 1,
            )
            .returning(mails)
        )
        async with self._sessions.begin() as session:
            rows = (await session.execute(statement)).all()
        return [_claimed(row, now) for row in sorted(rows, key=lambda row: row.id)]

    async def settle(
        self, claimed: ClaimedMail, outcome: Outcome, *, now: datetime, retry_at: datetime | None
    ) -> bool:
        """Mark what became of a mail and announce it; False when the lease was lost.

        That a mail was accepted is true whoever holds it by now. Of the delays of a mail the first
        alone is announced.
        """
        mail = claimed.mail
        holds_lease = true() if isinstance(outcome, Accepted) else mails.c.fence == claimed.fence
        async with self._sessions.begin() as session:
            result = await session.execute(
                update(mails)
                .where(mails.c.mail_id == mail.id, mails.c.state == "pending", holds_lease)
                .values(lease_until=None, reply_code=outcome.code, **_marks(outcome, now, retry_at))
                .returning(mails.c.id)
            )
            if result.first() is None:
                return False
            event = announcement(mail, outcome, at=now)
            is_repeated = isinstance(outcome, Postponed) and claimed.attempts > 1
            if event is not None and not is_repeated:
                await OUTBOX.add(session, event)
        return True


def _marks(outcome: Outcome, now: datetime, retry_at: datetime | None) -> dict[str, Any]:
    if isinstance(outcome, Postponed):
        return {"fault": outcome.fault.value, "next_attempt_at": retry_at}
    if isinstance(outcome, Accepted):
        return {"state": "sent", "fault": None, "settled_at": now, **EMPTIED}
    return {"state": "failed", "fault": outcome.fault.value, "settled_at": now, **EMPTIED}


def _claimed(row: Row[Any], now: datetime) -> ClaimedMail:
    return ClaimedMail(
        mail=Mail(
            id=row.mail_id,
            about=row.about,
            tenant_id=row.tenant_id,
            revision=row.revision,
            role=Role(row.role),
            host_id=row.host_id,
            kind=Kind(row.kind),
            occasion=row.occasion,
            recipient=row.recipient,
            message_id=row.message_id,
            message=row.message,
            give_up_at=row.give_up_at,
            entry=EntryForParty(row.entry) if row.entry else None,
        ),
        fence=row.fence,
        attempts=row.attempts,
        is_late=row.give_up_at <= now,
        trace=row.trace,
    )
