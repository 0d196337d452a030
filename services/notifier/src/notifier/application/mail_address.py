"""Which addresses mails are sent to."""

import re

# What mail servers without extensions carry (RFC 5321 §4.1.2 dot-string, RFC 5891 for the domain).
_MAILABLE = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9.-]+"
)


def mailable(address: str) -> str | None:
    """Return an address as SMTP takes it, its domain in ASCII; None for what is no address."""
    local, _, domain = address.rpartition("@")
    try:
        ascii_address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return ascii_address if _MAILABLE.fullmatch(ascii_address) else None
