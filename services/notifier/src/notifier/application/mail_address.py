"""Which addresses mails are sent to."""

import re

import idna

# What mail servers without extensions carry: a dot-string (RFC 5321 §4.1.2), but none that readers
# take for an encoded word (RFC 2047 §5), and a domain of labels (RFC 5891).
_LOCAL = r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILABLE = re.compile(rf"{_LOCAL}@{_LABEL}(\.{_LABEL})*")
_MOST_OCTETS = 254  # RFC 5321 §4.5.3.1.3, without the brackets


def mailable(address: str) -> str | None:
    """Return an address as SMTP takes it, its domain in ASCII; None for what is no address.

    A domain in other letters is converted as registries and browsers do (IDNA 2008, after UTS #46):
    by IDNA 2003, `faß.de` would be `fass.de`, which is somebody else's.
    """
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        return None
    ascii_address = f"{local}@{ascii_domain}"
    if len(ascii_address) > _MOST_OCTETS:
        return None
    return ascii_address if _MAILABLE.fullmatch(ascii_address) else None
