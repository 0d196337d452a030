"""Handing one mail to the mail server and marking what became of it.

A crash between the server's 250 and the mark cannot be told from one before it: then, and only
then, the same mail goes out a second time, with the same Message-ID, UID and SEQUENCE.
"""

import asyncio
import logging
from datetime import timedelta

from messaging import failpoints
from messaging.failure import Verdict, classify
from messaging.logs import type_name

from notifier.application.mail import ClaimedMail
from notifier.application.ports import Clock, Dispatch, Mailer
from notifier.domain.sending import Fault, Outcome, Postponed, Refused, next_attempt

_logger = logging.getLogger(__name__)
_MARK_AGAIN_SECONDS = 0.2


async def deliver(
    claimed: ClaimedMail,
    *,
    mailer: Mailer,
    dispatch: Dispatch,
    clock: Clock,
    first_wait: timedelta,
) -> Outcome:
    """Send a claimed mail, unless it has lost its sense, and settle it; return what came of it."""
    await failpoints.reach("notifier.before_send")
    outcome: Outcome
    if claimed.is_late:
        outcome = Refused(Fault.TOO_LATE)
    else:
        outcome = await mailer.send(claimed.mail)
        await failpoints.reach("notifier.after_250")
    now = clock()
    retry_at = None
    if isinstance(outcome, Postponed):
        retry_at = next_attempt(now, attempts=claimed.attempts, first_wait=first_wait)
    await failpoints.reach("notifier.before_mark")
    while True:
        try:
            await dispatch.settle(claimed, outcome, now=now, retry_at=retry_at)
        except (
            Exception
        ) as error:  # the answer is known here alone: without a mark it is asked again
            if classify(error) is not Verdict.TRANSIENT:
                raise
            _logger.warning("outcome of a mail not marked yet: %s", type_name(error))
            await asyncio.sleep(_MARK_AGAIN_SECONDS)
        else:
            break
    await failpoints.reach("notifier.after_mark")
    return outcome
