"""Sending what the ledger holds."""

import asyncio
import logging
from datetime import timedelta

from messaging import propagation
from messaging.logs import type_name
from opentelemetry import metrics, trace

from notifier.application.deliver import deliver
from notifier.application.mail import ClaimedMail
from notifier.application.ports import Clock, Dispatch, Mailer
from notifier.settings import SendingSettings

_logger = logging.getLogger(__name__)
_tracer = trace.get_tracer("entente.notifier")
_mails = metrics.get_meter("entente.notifier").create_counter(
    "entente.mails", unit="{mail}", description="Attempts to send a mail, by kind and outcome"
)


class Sender:
    """Sends due mails until cancelled; any number of replicas may do so.

    `lease` outlasts a dialogue with the mail server, so that nobody takes a mail that is in hand.
    """

    def __init__(
        self,
        dispatch: Dispatch,
        mailer: Mailer,
        clock: Clock,
        pace: SendingSettings,
        *,
        lease: timedelta,
    ) -> None:
        self._dispatch = dispatch
        self._mailer = mailer
        self._clock = clock
        self._pace = pace
        self._lease = lease

    async def run(self) -> None:
        """Send what is due; failures are logged and tried again.

        When cancelled, mails in hand are finished first: a mail server's answer that nobody waits
        for would have the mail sent twice.
        """
        while True:
            batch = asyncio.create_task(self._send_some())
            try:
                sent = await asyncio.shield(batch)
            except asyncio.CancelledError:
                await asyncio.wait([batch], timeout=self._lease.total_seconds())
                batch.cancel()
                raise
            if sent < self._pace.at_once:
                await asyncio.sleep(self._pace.poll_seconds)

    async def _send_some(self) -> int:
        try:
            return await self.send_due()
        except Exception as error:  # noqa: BLE001  # what is due stays due
            _logger.warning("due mails not claimed: %s", type_name(error))
            return 0

    async def send_due(self) -> int:
        """Send a batch of due mails side by side; return how many there were."""
        claimed = await self._dispatch.claim(
            self._clock(), most=self._pace.at_once, lease=self._lease
        )
        await asyncio.gather(*(self._send(mail) for mail in claimed))
        return len(claimed)

    async def _send(self, claimed: ClaimedMail) -> None:
        carried = propagation.extract((n, v.encode()) for n, v in claimed.trace.items())
        kind = claimed.mail.kind.value
        with (
            propagation.attached(carried),
            _tracer.start_as_current_span(
                "mail send",
                attributes={
                    "entente.mail.kind": kind,
                    "entente.delivery.attempt": claimed.attempts,
                    "entente.tenant_id": claimed.mail.tenant_id,
                },
                record_exception=False,
            ),
        ):
            try:
                outcome = await deliver(
                    claimed,
                    mailer=self._mailer,
                    dispatch=self._dispatch,
                    clock=self._clock,
                    first_wait=timedelta(seconds=self._pace.first_wait_seconds),
                )
            except Exception as error:  # one mail must not stop the others
                _logger.warning("mail not settled: %s", type_name(error), exc_info=error)
                return
            _mails.add(1, {"kind": kind, "outcome": type(outcome).__name__.lower()})
