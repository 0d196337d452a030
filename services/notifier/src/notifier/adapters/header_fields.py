"""Header fields as they go over the wire: ASCII, folded, each ended by CRLF (RFC 5322 §2.2).

They are written here, as email.policy decodes what looks like an encoded word (RFC 2047) and lets
what comes of it into the header: a name that somebody types would become lines of its own.
"""

import re
import textwrap
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr

from notifier.application.mail_address import mailable

_MOST_IN_LINE = 78  # RFC 5322 §2.1.1
# Words that can stand as they are, and are short enough to fold between them.
_PLAIN = re.compile(r"(?!.*=\?)[!-~]{1,60}( [!-~]{1,60})*")
_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and the name of whose it is, empty where there is none (RFC 5322 §3.4)."""

    name: str
    address: str

    def __post_init__(self) -> None:
        """Refuse an address that is not as SMTP takes it."""
        if mailable(self.address) != self.address:
            raise ValueError("is not a mail address")


def text_field(name: str, text: str) -> str:
    """Return a field of free text that a reader sees as it was typed.

    Raises ValueError for line breaks and other control characters.
    """
    if _is_plain(text):
        folded = textwrap.wrap(f"{name}: {text}", _MOST_IN_LINE, break_on_hyphens=False)
        return "\r\n ".join(folded) + "\r\n"
    return f"{name}: {_encoded(text, name)}\r\n"


def mailbox_field(name: str, mailbox: Mailbox) -> str:
    """Return a field of one address with its name, which a reader sees as it was typed.

    Raises ValueError for line breaks and other control characters.
    """
    if not mailbox.name:
        return f"{name}: {mailbox.address}\r\n"
    line = f"{name}: {formataddr((mailbox.name, mailbox.address))}"
    if _is_plain(mailbox.name) and len(line) <= _MOST_IN_LINE:
        return f"{line}\r\n"
    return f"{name}: {_encoded(mailbox.name, name)}\r\n <{mailbox.address}>\r\n"


def token_field(name: str, token: str) -> str:
    """Return a field of one token, such as a Message-ID; it is not folded.

    Raises ValueError for what is none.
    """
    if not re.fullmatch(r"[!-~]+", token):
        raise ValueError("is not a token")
    return f"{name}: {token}\r\n"


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None


def _encoded(text: str, field: str) -> str:
    """Return a text as encoded words: what is in them is decoded once and parsed by nobody."""
    if _BREAK.search(text):
        raise ValueError("a header field stands on one line")
    return Header(text, "utf-8", header_name=field).encode(linesep="\r\n")
