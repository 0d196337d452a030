"""Names an occurrence without telling anything about it."""

import hmac
from datetime import date, datetime

_LENGTH = 24
"""Hexadecimal digits: 96 bits, beyond any chance of two meetings of a tenant sharing a name."""


def occurrence_id(tenant_key: bytes, uid: str, recurrence_id: datetime | date | None) -> str:
    """Return the opaque id of an occurrence: a truncated HMAC-SHA256 (RFC 2104).

    It depends on the tenant's key, the UID and the RECURRENCE-ID only. So a meeting that is seen in
    two calendars of a tenant has one id, and nobody outside can test a guess. Times are in UTC.
    """
    if isinstance(recurrence_id, datetime):
        text = recurrence_id.isoformat()  # strftime takes half as long again
        instance = f"{text[:4]}{text[5:7]}{text[8:13]}{text[14:16]}{text[17:19]}Z"
    else:
        instance = recurrence_id.isoformat().replace("-", "") if recurrence_id else ""
    return hmac.digest(tenant_key, f"{uid}\0{instance}".encode(), "sha256").hex()[:_LENGTH]
