"""Mails over SMTP (RFC 5321): one dialogue, one mail, one recipient."""

import asyncio
import contextlib
import hashlib
import logging

import aiosmtplib
from aiosmtplib import SMTP
from messaging.logs import type_name
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind

from notifier.adapters.smtp_replies import blames_recipient
from notifier.application.mail import Mail
from notifier.domain.sending import Accepted, Fault, Outcome, Postponed, Refused
from notifier.settings import SmtpSettings

_logger = logging.getLogger(__name__)
_tracer = trace.get_tracer("entente.notifier")
_FOR_GOOD = 500
# As a reply to RCPT, 552 is to be read as 452 (RFC 5321 §4.5.3.1.10).
_TOO_MANY = 552
_GOODBYE_SECONDS = 2.0


class SmtpMailer:
    """`Mailer` on one mail server.

    Whatever breaks off before the server's last word leaves open whether it took the mail: it is
    sent again.
    """

    def __init__(self, settings: SmtpSettings, *, sender: str) -> None:
        self._settings = settings
        self._sender = sender

    async def send(self, mail: Mail) -> Outcome:
        """Send one mail to its one recipient; never raises for what a server may answer."""
        with _tracer.start_as_current_span(
            "smtp send",
            kind=SpanKind.CLIENT,
            attributes={
                "server.address": self._settings.host,
                "server.port": self._settings.port,
                "entente.mail.kind": mail.kind.value,
                "entente.mail.message_id_hash": _digest(mail.message_id),
            },
            record_exception=False,
        ) as span:
            outcome = await self._outcome(mail)
            _describe(span, outcome)
            return outcome

    async def _outcome(self, mail: Mail) -> Outcome:
        server = self._client()
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                await server.connect()
                return await self._hand_over(server, mail)
        except aiosmtplib.SMTPResponseException as refusal:
            # Greeting, TLS, credentials, client or sender: a matter between the servers, not of
            # this mail.
            _logger.warning("mail server refuses the dialogue: %s", refusal.code)
            return Postponed(Fault.UNREACHABLE, refusal.code)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            _logger.warning("mail not handed over: %s", type_name(error))
            return Postponed(Fault.UNREACHABLE)
        finally:
            await _leave(server)

    async def _hand_over(self, server: SMTP, mail: Mail) -> Outcome:
        await server.mail(self._sender)
        try:
            await server.rcpt(mail.recipient)
        except aiosmtplib.SMTPRecipientRefused as refusal:
            if refusal.code == _TOO_MANY:
                return Postponed(Fault.UNREACHABLE, refusal.code)
            if not blames_recipient(refusal.code, refusal.message):
                raise
            return _refusal(refusal.code, Fault.ADDRESS_REJECTED)
        try:
            reply = await server.data(mail.message)
        except aiosmtplib.SMTPDataError as refusal:
            return _refusal(refusal.code, Fault.CONTENT_REJECTED)
        return Accepted(reply.code)

    def _client(self) -> SMTP:
        given = self._settings
        return SMTP(
            hostname=given.host,
            port=given.port,
            username=given.username,
            password=given.password.get_secret_value() if given.password else None,
            timeout=given.timeout_seconds,
            use_tls=given.tls == "tls",
            start_tls=given.tls == "starttls",
        )


async def _leave(server: SMTP) -> None:
    """Say good-bye if there is somebody to say it to; what was agreed stands either way."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        if server.is_connected:
            await server.quit(timeout=_GOODBYE_SECONDS)
    server.close()


def _refusal(code: int, fault: Fault) -> Outcome:
    """Return what a reply means: 5yz for good, anything else for the time being (§4.2.1)."""
    return Refused(fault, code) if code >= _FOR_GOOD else Postponed(fault, code)


def _describe(span: Span, outcome: Outcome) -> None:
    span.set_attribute("entente.mail.outcome", type(outcome).__name__.lower())
    if outcome.code is not None:
        span.set_attribute("smtp.reply_code", outcome.code)
    if not isinstance(outcome, Accepted):
        span.set_attribute("error.type", outcome.fault.value)


def _digest(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:16]
