"""A complete HTTP answer, and what its status says about the source."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from connector.adapters.http.web_address import WebAddress
from connector.domain.source import FailureKind, SourceFailure

LONGEST_RETRY_AFTER = timedelta(days=1)

_FAILURES: dict[int, FailureKind] = {
    HTTPStatus.UNAUTHORIZED: FailureKind.AUTHENTICATION,
    HTTPStatus.FORBIDDEN: FailureKind.PERMISSION,
    HTTPStatus.NOT_FOUND: FailureKind.GONE,
    HTTPStatus.GONE: FailureKind.GONE,
    HTTPStatus.TOO_MANY_REQUESTS: FailureKind.THROTTLED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The last answer of a fetch, its body decoded and whole. `address` is where it came from."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    address: WebAddress

    def failure(self) -> SourceFailure:
        """Say what kind of failure this status is; for statuses the caller did not expect."""
        return failure_of(self.status, self.address.host, self._retry_after())

    def _retry_after(self) -> timedelta | None:
        """Read Retry-After, seconds or HTTP-date (RFC 9110 §10.2.3), bounded to a day."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdecimal():
            return timedelta(seconds=min(int(text[:9]), LONGEST_RETRY_AFTER.total_seconds()))
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(moment - datetime.now(UTC), timedelta()), LONGEST_RETRY_AFTER)


def failure_of(status: int, host: str, wait: timedelta | None = None) -> SourceFailure:
    """Say what an unexpected status means; `wait` is what Retry-After asks for."""
    if status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None:
        kind = FailureKind.THROTTLED
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = FailureKind.NETWORK
    else:
        kind = _FAILURES.get(status, FailureKind.INVALID_ANSWER)
    return SourceFailure(kind, f"{host} answered {status}", retry_after=wait)
