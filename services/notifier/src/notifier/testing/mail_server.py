"""A mail server that follows a script: a real SMTP dialogue, good and bad."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from stack.ports import HOST

_OK = "250 OK"


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail the server has seen in full at `at`; `accepted` is whether it said so."""

    recipient: str
    content: bytes
    accepted: bool
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.content, policy=modern)


@dataclass
class Script:
    """What the server answers, by recipient: to RCPT, after DATA, or how it breaks off.

    `after_data` and `at_rcpt` are replies; the `times` first dialogues with a recipient get them,
    later ones succeed. `drops` breaks the connection after the mail was taken in, unanswered;
    `hangs` never answers; `delay` is how many seconds the answer to any mail takes.
    """

    at_rcpt: dict[str, str] = field(default_factory=dict[str, str])
    after_data: dict[str, str] = field(default_factory=dict[str, str])
    drops: set[str] = field(default_factory=set[str])
    hangs: set[str] = field(default_factory=set[str])
    delay: float = 0.0
    times: int = 1_000_000
    dialogues: dict[str, int] = field(default_factory=dict[str, int])

    def still_applies(self, recipient: str) -> bool:
        """Tell whether the script still has a say in dialogues with this recipient."""
        return self.dialogues.get(recipient, 0) <= self.times


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A mail server that is reached on another address, asks for STARTTLS and for an account."""

    address: str
    tls: ssl.SSLContext
    username: str
    password: str

    def permits(self, *given: Any) -> AuthResult:
        """Tell whether these are the account's credentials; the last argument has them."""
        known = LoginPassword(self.username.encode(), self.password.encode())
        return AuthResult(success=given[-1] == known)

    @property
    def options(self) -> Mapping[str, Any]:
        """What aiosmtpd takes."""
        return {
            "tls_context": self.tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": self.permits,
        }


class MailServer:
    """An SMTP server, on 127.0.0.1 as a rule, with its script and all that it was sent."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.taken: list[Taken] = []
        self.port = 0

    @property
    def accepted(self) -> list[Taken]:
        """The mails that the server has answered with 250."""
        return [mail for mail in self.taken if mail.accepted]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a recipient."""
        del server, session, options
        self.script.dialogues[address] = self.script.dialogues.get(address, 0) + 1
        reply = self.script.at_rcpt.get(address)
        if reply is not None and self.script.still_applies(address):
            return reply
        envelope.rcpt_tos.append(address)
        return _OK

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer a mail, or do not."""
        del session
        recipient = envelope.rcpt_tos[0]
        content = envelope.original_content or b""
        scripted = self.script.still_applies(recipient)
        reply = self.script.after_data.get(recipient, _OK) if scripted else _OK
        await asyncio.sleep(self.script.delay)
        breaks_off = scripted and recipient in (self.script.drops | self.script.hangs)
        accepted = reply == _OK and not breaks_off
        self.taken.append(Taken(recipient=recipient, content=content, accepted=accepted))
        if breaks_off and recipient in self.script.hangs:
            await asyncio.sleep(3600)
        if breaks_off:
            cast("asyncio.Transport", server.transport).abort()
        return reply


@asynccontextmanager
async def a_mail_server(
    script: Script | None = None, *, submission: Submission | None = None
) -> AsyncGenerator[MailServer]:
    """Yield a mail server that answers as scripted."""
    handler = MailServer(script or Script())
    loop = asyncio.get_running_loop()
    options: Mapping[str, Any] = submission.options if submission else {}

    def dialogue() -> Any:
        return SMTP(handler, hostname=HOST, enable_SMTPUTF8=False, loop=loop, **options)

    server = await loop.create_server(dialogue, submission.address if submission else HOST, 0)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
