"""Mail that is sent can be read, and is delivered to nobody."""

from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from smtplib import SMTP

import pytest
from stack import Stack, StackSettings

pytestmark = pytest.mark.integration

StartStack = Callable[[StackSettings], Awaitable[Stack]]


async def test_sent_mail_is_seen_kept_over_a_kill_and_cleared(private_stack: StartStack) -> None:
    stack = await private_stack(StackSettings(postgres=False, kafka=False, mail=True))
    catcher = stack.mail
    _send(
        catcher.smtp_port, subject="Einladung: Gespräch", to=["ada@example.org", "bo@example.org"]
    )

    (caught,) = await catcher.messages()
    assert caught.sender == "entente@example.org"
    assert caught.recipients == ("ada@example.org", "bo@example.org")
    assert caught.message["Subject"] == "Einladung: Gespräch"
    assert caught.message.get_content() == "um zehn"

    await catcher.kill()
    await catcher.start()
    assert len(await catcher.messages()) == 1

    await catcher.clear()
    assert await catcher.messages() == []


def _send(port: int, *, subject: str, to: list[str]) -> None:
    message = EmailMessage()
    message["From"] = "Entente <entente@example.org>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("um zehn\n")
    with SMTP("127.0.0.1", port, timeout=10) as smtp:
        smtp.send_message(message)
