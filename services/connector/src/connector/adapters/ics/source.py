"""A calendar that can only be read, behind a link that is its own key."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus

from connector.adapters.http.answer import Answer
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.web_address import WebAddress
from connector.adapters.ics.body import require_calendar
from connector.adapters.ics.freshness import poll_hint, published_interval
from connector.domain.source import (
    Access,
    Capabilities,
    Changes,
    CheckResult,
    Cursor,
    DiscoveredCalendar,
    Discovery,
    FailureKind,
    Reading,
    Resource,
    SourceFailure,
    Unchanged,
)
from connector.domain.window import Window

FEED = "feed"
"""The remote id of a link's only calendar, and the name of its only resource."""

_CAPABILITIES = Capabilities(
    read=True,
    write=False,
    holds=False,
    push=False,
    delta=False,
    freebusy_only=False,
    two_way=False,
    sends_own_invites=False,
    max_staleness=timedelta(hours=8),  # Proton's own statement for its links
)
_WEBCAL = re.compile("^webcals?://", re.IGNORECASE)
# Written anew at every request by many servers, so it says nothing about the calendar.
_DTSTAMP = re.compile(rb"^DTSTAMP[:;].*\n?", re.MULTILINE | re.IGNORECASE)


class IcsFeed:
    """One link, one calendar, one resource: the whole body. A `CalendarSource`.

    `url` is http(s) or webcal, taken to the letter: no suffix needed, the query included. Raises
    `address_refused` for what is no such URL.
    """

    def __init__(
        self,
        http: GuardedHttp,
        url: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._http = http
        self._address = WebAddress.parse(_WEBCAL.sub("https://", url.strip()))
        self._now = now

    @property
    def capabilities(self) -> Capabilities:
        """A link can be read, and may lag hours behind the calendar."""
        return _CAPABILITIES

    async def discover(self) -> Discovery:
        """Answer with the one calendar, named by its host until its content names it better."""
        answer = await self._http.fetch("GET", self._address)
        _require_whole(answer)
        calendar = DiscoveredCalendar(
            remote_id=FEED, name=self._address.host, access=Access.READ, is_primary=True
        )
        return Discovery(calendars=(calendar,))

    async def check(self) -> CheckResult:
        """Try the link as it stands."""
        try:
            await self.discover()
        except SourceFailure as failure:
            return failure.kind.check_result
        return CheckResult.OK

    async def read(self, remote_id: str, cursor: Cursor | None, window: Window) -> Reading:  # noqa: ARG002 - a feed is whole, whatever the window
        """Fetch the feed if it changed: by ETag, by date, and by its content."""
        if remote_id != FEED:
            raise SourceFailure(FailureKind.GONE, "a link has one calendar only")
        as_of = self._now()
        known = self._usable(cursor)
        conditions = _conditions(known)
        answer = await self._http.fetch("GET", self._address, headers=conditions)
        if answer.status == HTTPStatus.NOT_MODIFIED and conditions:
            return Unchanged(as_of=as_of, cursor=known, next_poll_hint=_hint(answer, known))
        _require_whole(answer)
        following = self._cursor_after(answer)
        hint = _hint(answer, following)
        if known.get("digest") == following["digest"]:
            return Unchanged(as_of=as_of, cursor=following, next_poll_hint=hint)
        resource = Resource(
            content=answer.body,
            media_type=answer.headers.get("content-type", "text/calendar"),
            etag=answer.headers.get("etag"),
        )
        return Changes(
            as_of=as_of,
            cursor=following,
            upserted={FEED: resource},
            complete=True,
            next_poll_hint=hint,
        )

    def _usable(self, cursor: Cursor | None) -> Cursor:
        """Drop a cursor of another link: its ETag would vouch for a body that we never read."""
        if cursor is None or cursor.get("link") != self._fingerprint():
            return {}
        return cursor

    def _cursor_after(self, answer: Answer) -> Cursor:
        wished = published_interval(answer.body)
        return {
            "link": self._fingerprint(),
            "digest": sha256(_DTSTAMP.sub(b"", answer.body)).hexdigest(),
            "etag": answer.headers.get("etag"),
            "last_modified": answer.headers.get("last-modified"),
            "interval_seconds": wished.total_seconds() if wished else None,
        }

    def _fingerprint(self) -> str:
        return sha256(self._address.reveal().encode()).hexdigest()[:32]


def _hint(answer: Answer, cursor: Cursor) -> timedelta | None:
    """Return when to look again: as the server says, or later if the feed said so when it came."""
    seconds = cursor.get("interval_seconds")
    published = timedelta(seconds=seconds) if isinstance(seconds, (int, float)) else None
    hints = (poll_hint(answer.headers.get("cache-control", "")), published)
    return max(filter(None, hints), default=None)


def _conditions(known: Cursor) -> dict[str, str]:
    """Ask for a body only if it changed (RFC 9110 §13.1)."""
    validators = {
        "If-None-Match": known.get("etag"),
        "If-Modified-Since": known.get("last_modified"),
    }
    return {
        name: value
        for name, value in validators.items()
        if isinstance(value, str) and value.isascii()
    }


def _require_whole(answer: Answer) -> None:
    if answer.status != HTTPStatus.OK:
        raise answer.failure()
    require_calendar(answer.body)
