import pytest
from notifier.adapters.smtp_replies import blames_recipient

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "reply",
    [
        "503 Bad sequence of commands",
        "530 Authentication required",
        "530 5.7.0 Must issue a STARTTLS command first",
        "535 5.7.8 Error: authentication failed",
        "550 5.7.1 Unable to relay",
        "550 5.7.26 This mail has been blocked because the sender is unauthenticated",
        "553 5.7.1 <bookings@entente.example.org>: Sender address rejected: not owned by user",
        "554 5.7.1 <notifier>: Client host rejected: Access denied",
        "504 5.5.2 <notifier>: Helo command rejected: need fully-qualified hostname",
        "550 5.1.8 <bookings@entente.example.org>: Sender address rejected: Domain not found",
        "553 5.1.7 Bad sender's mailbox address syntax",
    ],
)
def test_what_is_between_the_servers_is_not_the_recipients_fault(reply: str) -> None:
    assert not blames_recipient(int(reply[:3]), reply[4:])


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 No such user",
        "550 5.1.10 Recipient not found",
        "553 5.1.3 Bad recipient address syntax",
        "550 5.2.1 Mailbox disabled",
        "550 5.4.1 Recipient address rejected: Access denied",
        "550 5.0.0 Failed",
        "550 No such user here",
        "550 15.7.1 is no enhanced code",
        "553 Mailbox name not allowed 5.7.1",
        "550",
        "451 4.7.1 Greylisted",
    ],
)
def test_what_is_said_of_the_recipient_is(reply: str) -> None:
    assert blames_recipient(int(reply[:3]), reply[4:])
