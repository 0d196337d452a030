"""What a mail server's reply to a recipient is about.

Many servers put off what they have against the client, its credentials or the sender until the
first recipient is named (Postfix: smtpd_delay_reject, on by default).
"""

import re

# The sequence of commands (RFC 5321 §4.2.3) and authentication (RFC 4954 §6; 538 in RFC 2554).
_BETWEEN_SERVERS = frozenset({503, 530, 534, 535, 538})
# Protocol, security or policy, and the sender's address (RFC 3463 §3.6, §3.8, §3.2).
_ENHANCED_BETWEEN_SERVERS = re.compile(r"5\.(5\.\d{1,3}|7\.\d{1,3}|1\.[78])\b")


def blames_recipient(code: int, text: str) -> bool:
    """Tell whether a reply to RCPT refuses the recipient, not the server that names it.

    `text` begins with an enhanced status code where the server has them (RFC 2034).
    """
    if code in _BETWEEN_SERVERS:
        return False
    return _ENHANCED_BETWEEN_SERVERS.match(text.lstrip()) is None
