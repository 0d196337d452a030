"""Names an occurrence without telling anything about it."""

from datetime import date, datetime
from hashlib import blake2b

_BYTES = 12
"""96 bits, beyond any chance of two meetings of a tenant sharing a name."""


def occurrence_id(tenant_key: bytes, uid: str, recurrence_id: datetime | date | None) -> str:
    """Return the opaque id of an occurrence: a keyed BLAKE2b (RFC 7693), in hexadecimal digits.

    It depends on the tenant's key, the UID and the RECURRENCE-ID only. So a meeting that is seen in
    two calendars of a tenant has one id, and nobody outside can test a guess. Times are in UTC.
    """
    instance = recurrence_id.isoformat() if recurrence_id else ""
    # A calendar has thousands of them, and HMAC-SHA256 takes three times as long.
    return blake2b(f"{uid}\0{instance}".encode(), key=tenant_key, digest_size=_BYTES).hexdigest()
