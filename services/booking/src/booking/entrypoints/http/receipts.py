"""Idempotency keys: a repeated request has one effect and one answer."""

import hashlib
from typing import Annotated

from fastapi import Depends, Header, Request

from booking.application.ports import Receipt

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="The same key and request get the same answer; another request gets 422",
    ),
]


class Receipts:
    """Makes the receipt of this request, once it is known whose it is."""

    def __init__(self, key: str | None, request: bytes) -> None:
        self._key = key
        self._request = request

    def for_caller(self, tenant_id: str, caller: str) -> Receipt | None:
        """Return the receipt; None without a key."""
        if self._key is None:
            return None
        return Receipt(tenant_id=tenant_id, caller=caller, key=self._key, request=self._request)


async def receipts(request: Request, key: IdempotencyKey = None) -> Receipts:
    """FastAPI dependency: the request's receipts; what is asked is method, path and body."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return Receipts(key, digest.digest())


OfRequest = Annotated[Receipts, Depends(receipts)]
