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
        instance = f"{recurrence_id:%Y%m%dT%H%M%SZ}"
    else:
        instance = f"{recurrence_id:%Y%m%d}" if recurrence_id else ""
    return hmac.digest(tenant_key, f"{uid}\0{instance}".encode(), "sha256").hex()[:_LENGTH]
