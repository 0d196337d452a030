"""Fetching calendar objects so that none is dropped in silence."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.members import Member
from connector.adapters.caldav.state import read_state
from connector.adapters.caldav.xml import CALDAV, DAV, element
from connector.adapters.http.web_address import WebAddress
from connector.adapters.ics.body import require_calendar
from connector.domain.source import FailureKind, Resource, SourceFailure

CHUNK = 50
MAX_CONTENT = 64 * 1024 * 1024
"""Bytes of one reading. Past it the calendar is degraded, not read in part."""

_ETAG = f"{DAV}getetag"
_DATA = f"{CALDAV}calendar-data"


async def fetch_objects(
    dav: DavClient, collection: Collection, members: Mapping[str, Member]
) -> dict[str, Resource]:
    """Fetch these members by calendar-multiget (RFC 4791 §7.9).

    What the answer leaves out or calls missing is asked for by itself. So a member that is absent
    from the result is one that the server says is gone.
    """
    fetched: dict[str, Resource] = {}
    size = 0
    names = list(members)
    for at in range(0, len(names), CHUNK):
        chunk = names[at : at + CHUNK]
        found = await _multiget(dav, collection, [members[name].href for name in chunk])
        for name in chunk:
            resource = found.get(name) or await fetch_object(
                dav, collection, collection.address.join(members[name].href)
            )
            if resource is not None:
                fetched[name] = resource
                size += len(resource.content)
        if size > MAX_CONTENT:
            raise SourceFailure(FailureKind.TOO_LARGE, f"calendar over {MAX_CONTENT} bytes")
    return fetched


async def fetch_object(
    dav: DavClient, collection: Collection, address: WebAddress
) -> Resource | None:
    """Fetch one object; None only if it is gone while its collection is still ours to read.

    Servers also say 404 to an account that lost access (Nextcloud), hence the second look.
    """
    answer = await dav.get(address)
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        await read_state(dav, collection)
        return None
    if answer.status != HTTPStatus.OK:
        raise answer.failure()
    require_calendar(answer.body)
    media_type = answer.headers.get("content-type", "text/calendar")
    return Resource(content=answer.body, media_type=media_type, etag=answer.headers.get("etag"))


async def _multiget(
    dav: DavClient, collection: Collection, hrefs: Sequence[str]
) -> dict[str, Resource]:
    """Fetch what one answer can carry; too much for one answer is asked for in halves."""
    paths = [collection.address.join(href).path for href in hrefs]
    query = element(
        f"{CALDAV}calendar-multiget",
        element(f"{DAV}prop", element(_ETAG), element(_DATA)),
        *(element(f"{DAV}href", path) for path in paths),
    )
    try:
        answer = await dav.report(collection.address, 1, query)
    except SourceFailure as failure:
        if failure.kind is not FailureKind.TOO_LARGE or len(hrefs) == 1:
            raise
        middle = len(hrefs) // 2
        first = await _multiget(dav, collection, hrefs[:middle])
        return first | await _multiget(dav, collection, hrefs[middle:])
    found: dict[str, Resource] = {}
    for response in answer.responses:
        data = response.text(_DATA)
        if data is not None:
            content = data.encode()
            require_calendar(content)
            found[collection.name_of(response.href)] = Resource(
                content=content,
                media_type="text/calendar; charset=utf-8",
                etag=response.text(_ETAG),
            )
    return found
