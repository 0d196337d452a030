"""Entries of bookings in CalDAV collections (RFC 4791 §5.3)."""

from datetime import datetime
from http import HTTPStatus

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.entry_object import name_of, read_tag, write_object
from connector.adapters.caldav.objects import fetch_object
from connector.adapters.caldav.xml import CALDAV, DAV, element
from connector.adapters.http.answer import Answer
from connector.domain.entry_draft import EntryDraft
from connector.domain.entry_writing import (
    ChangedMeanwhileError,
    EntryRef,
    EntryRejectedError,
    StandingEntry,
    WrittenEntry,
)
from connector.domain.source import FailureKind, SourceFailure

_TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT})
# A second object with the same UID is refused by 409 (Radicale) or 412 (Xandikos).
_CHANGED = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REJECTED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
_NO_SEARCH = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,  # CALDAV:supported-filter
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
_WAIT = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY})


async def find_entry(
    dav: DavClient, collection: Collection, entry: EntryRef, *, thorough: bool
) -> StandingEntry | None:
    """Look where the entry is stored; `thorough` asks for its UID in the whole collection too.

    Apps may store under another name what they copy or restore; the UID stays.
    """
    for name in dict.fromkeys((entry.name or name_of(entry.uid), name_of(entry.uid))):
        found = await _entry_at(dav, collection, name)
        if found is None:
            continue
        uid, standing = found
        if uid != entry.uid:
            raise SourceFailure(FailureKind.INVALID_ANSWER, "another event has the entry's name")
        return standing
    return await _search(dav, collection, entry.uid) if thorough else None


async def put_entry(
    dav: DavClient,
    collection: Collection,
    draft: EntryDraft,
    standing: StandingEntry | None,
    *,
    now: datetime,
) -> WrittenEntry:
    """Store the entry, on the condition that nothing changed since it was looked for.

    SEQUENCE never goes back, though an app may have counted on.
    """
    name = standing.name if standing else name_of(draft.uid)
    sequence = max(draft.sequence, standing.sequence if standing else 0)
    answer = await dav.put(
        collection.address_of(name),
        write_object(draft, sequence=sequence, now=now),
        _condition(standing),
    )
    if answer.status not in _TAKEN:
        raise _refusal(answer)
    return WrittenEntry(name=name, version=answer.headers.get("etag"))


async def delete_entry(dav: DavClient, collection: Collection, standing: StandingEntry) -> None:
    """Delete the entry, on the condition that nothing changed since it was looked for."""
    answer = await dav.delete(collection.address_of(standing.name), _condition(standing))
    if answer.status not in _TAKEN | _GONE:
        raise _refusal(answer)


def _condition(standing: StandingEntry | None) -> dict[str, str]:
    """Return the precondition; If-Match compares strongly, so a weak mark cannot be one."""
    if standing is None:
        return {"If-None-Match": "*"}
    if standing.version is None or standing.version.startswith("W/"):
        return {}
    return {"If-Match": standing.version}


def _refusal(answer: Answer) -> Exception:
    if answer.status in _CHANGED:
        return ChangedMeanwhileError()
    if answer.status in _REJECTED:
        return EntryRejectedError(f"{answer.address.host} answered {answer.status}")
    if answer.status in _WAIT:
        return SourceFailure(FailureKind.NETWORK, f"{answer.address.host} answered {answer.status}")
    return answer.failure()


async def _entry_at(
    dav: DavClient, collection: Collection, name: str
) -> tuple[str, StandingEntry] | None:
    resource = await fetch_object(dav, collection, collection.address_of(name))
    tag = read_tag(resource.content) if resource else None
    if resource is None or tag is None:
        return None
    standing = StandingEntry(
        name=name,
        version=resource.etag,
        resource=resource,
        booking_id=tag.booking_id,
        revision=tag.revision,
        sequence=tag.sequence,
    )
    return tag.uid, standing


async def _search(dav: DavClient, collection: Collection, uid: str) -> StandingEntry | None:
    """Ask for the UID by calendar-query (RFC 4791 §7.8.6); servers match parts of texts too.

    One that cannot search has nothing more to say than the names it was asked for.
    """
    match = element(f"{CALDAV}prop-filter", element(f"{CALDAV}text-match", uid), name="UID")
    events = element(f"{CALDAV}comp-filter", match, name="VEVENT")
    calendars = element(f"{CALDAV}comp-filter", events, name="VCALENDAR")
    query = element(
        f"{CALDAV}calendar-query",
        element(f"{DAV}prop", element(f"{DAV}getetag")),
        element(f"{CALDAV}filter", calendars),
    )
    answer = await dav.try_report(collection.address, 1, query, _NO_SEARCH)
    for response in answer.responses if answer else ():
        name = collection.name_of(response.href)
        found = await _entry_at(dav, collection, name) if name else None
        if found is not None and found[0] == uid:
            return found[1]
    return None
