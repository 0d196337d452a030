"""Where the journey goes in a system that is furnished with the sample."""

from urllib.parse import urlsplit

from stack.clients.mails import MailClient
from stack.sample.hosts import ADA
from stack.sample.meeting_types import INTRODUCTION
from stack.smoke.journey import Places


def places(booking: str, caldav: str, mail: MailClient) -> Places:
    """Return where the journey goes in a furnished system, by base URLs."""
    server = urlsplit(caldav)
    account = f"{ADA.owner}:{ADA.owner}"
    return Places(
        page=f"{booking.rstrip('/')}/m/{INTRODUCTION.slug}",
        calendar=f"{server.scheme}://{account}@{server.netloc}/{ADA.owner}/office/",
        host=ADA.name,
        mails=mail.messages,
    )
