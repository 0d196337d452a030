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
        detail = f"{self.address.host} answered {self.status}"
        wait = self._retry_after()
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None:
            return SourceFailure(FailureKind.THROTTLED, detail, retry_after=wait)
        if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return SourceFailure(FailureKind.NETWORK, detail, retry_after=wait)
        kind = _FAILURES.get(self.status, FailureKind.INVALID_ANSWER)
        return SourceFailure(kind, detail, retry_after=wait)

    def _retry_after(self) -> timedelta | None:
        """Read Retry-After, seconds or HTTP-date (RFC 9110 §10.2.3), bounded to a day."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdecimal():
            return timedelta(seconds=min(int(text[:9]), LONGEST_RETRY_AFTER.total_seconds()))
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(moment - datetime.now(UTC), timedelta()), LONGEST_RETRY_AFTER)
