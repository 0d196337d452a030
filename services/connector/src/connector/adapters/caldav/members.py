"""Which members a collection has, in full or since a sync token."""

from dataclasses import dataclass
from http import HTTPStatus
from xml.etree.ElementTree import Element

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.multistatus import DavResponse
from connector.adapters.caldav.xml import DAV, element
from connector.domain.source import FailureKind, SourceFailure

MAX_MEMBERS = 20_000
MAX_PAGES = 200

_ETAG = f"{DAV}getetag"
_TYPE = f"{DAV}resourcetype"
_SYNC_TOKEN = f"{DAV}sync-token"
# RFC 6578 refuses a token by 403 or 409, Xandikos by 412, and some servers stumble over a token
# they no longer know. A complete listing then tells the truth.
_TOKEN_REFUSALS = frozenset({400, 403, 404, 409, 410, 412, 500, 501, 507})


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the server spells it."""

    href: str
    etag: str | None

    @property
    def version(self) -> str | None:
        """The ETag for weak comparison (RFC 9110 §8.8.3.2); None always counts as changed."""
        return None if self.etag is None else self.etag.removeprefix("W/")


@dataclass(frozen=True, slots=True)
class Delta:
    """What a sync-collection REPORT brought, by member name."""

    token: str
    changed: dict[str, Member]
    removed: frozenset[str]


async def list_members(dav: DavClient, collection: Collection) -> dict[str, Member]:
    """List all members by name. Raises when any of the listing is in doubt."""
    responses, _ = await dav.propfind(collection.address, 1, _ETAG, _TYPE)
    members: dict[str, Member] = {}
    listed_itself = False
    for response in responses:
        name = collection.name_of(response.href)
        if not name:
            listed_itself = True
        if response.status == HTTPStatus.NOT_FOUND and name:
            continue  # deleted while the server was listing
        _require_no_error(response)
        if name and f"{DAV}collection" not in response.tags(_TYPE):
            members[name] = Member(response.href, response.text(_ETAG))
    if not listed_itself:
        raise SourceFailure(FailureKind.INVALID_ANSWER, "listing does not speak of its collection")
    return _bounded(members)


async def read_delta(dav: DavClient, collection: Collection, token: str) -> Delta | None:
    """Read what changed since `token`, page after page; None when the token is not honoured.

    Never asks for a DAV:limit: Xandikos and Nextcloud lose the members that do not fit.
    """
    changed: dict[str, Member] = {}
    removed: set[str] = set()
    for _ in range(MAX_PAGES):
        page = await dav.try_report(collection.address, 0, _since(token), _TOKEN_REFUSALS)
        if page is None:
            return None
        truncated = False
        for response in page.responses:
            name = collection.name_of(response.href)
            if not name:
                truncated |= response.status == HTTPStatus.INSUFFICIENT_STORAGE
            elif response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
                changed.pop(name, None)
                removed.add(name)
            elif not name.endswith("/"):
                _require_no_error(response)
                removed.discard(name)
                changed[name] = Member(response.href, response.text(_ETAG))
        following = page.sync_token
        if following is None or (truncated and following == token):
            raise SourceFailure(FailureKind.INVALID_ANSWER, "sync answer does not lead on")
        if not truncated:
            return Delta(following, _bounded(changed), frozenset(removed))
        token = following
    raise SourceFailure(FailureKind.TOO_LARGE, f"over {MAX_PAGES} pages of changes")


def _since(token: str) -> Element:
    return element(
        f"{DAV}sync-collection",
        element(_SYNC_TOKEN, token),
        element(f"{DAV}sync-level", "1"),
        element(f"{DAV}prop", element(_ETAG)),
    )


def _require_no_error(response: DavResponse) -> None:
    """Refuse a listing with an error in it: what it hides might be an event."""
    if response.status is not None and response.status >= HTTPStatus.MULTIPLE_CHOICES:
        truncated = response.status == HTTPStatus.INSUFFICIENT_STORAGE
        kind = FailureKind.TOO_LARGE if truncated else FailureKind.INVALID_ANSWER
        raise SourceFailure(kind, f"listing contains status {response.status}")


def _bounded(members: dict[str, Member]) -> dict[str, Member]:
    if len(members) > MAX_MEMBERS:
        raise SourceFailure(FailureKind.TOO_LARGE, f"over {MAX_MEMBERS} members")
    return members
