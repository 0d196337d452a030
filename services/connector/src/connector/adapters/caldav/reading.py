"""One reading of a collection, and the cursor that the next one goes on from."""

from collections.abc import Mapping
from datetime import datetime

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.members import Delta, Member, list_members, read_delta
from connector.adapters.caldav.objects import fetch_objects
from connector.adapters.caldav.state import CollectionState, read_state
from connector.domain.source import Changes, Cursor, Reading, Unchanged


async def read_collection(
    dav: DavClient, collection: Collection, cursor: Cursor | None, as_of: datetime
) -> Reading:
    """Read on from the cursor: by sync token, else by ctag and ETags, else everything.

    The marks of change are taken before the members are listed, so that a change made meanwhile is
    reported twice rather than never.
    """
    known: Cursor = {}
    if cursor is not None and cursor.get("collection") == collection.key:
        known = cursor
    token = known.get("sync_token")
    if isinstance(token, str):
        delta = await read_delta(dav, collection, token)
        if delta is not None:
            return await _changes_of(dav, collection, delta, as_of)
    state = await read_state(dav, collection)
    etags = known.get("etags")
    if not isinstance(etags, Mapping):
        return await _everything(dav, collection, state, as_of)
    if state.ctag is not None and state.ctag == known.get("ctag"):
        return Unchanged(as_of=as_of, cursor=known)
    return await _difference(dav, collection, state, etags, as_of)


async def _changes_of(
    dav: DavClient, collection: Collection, delta: Delta, as_of: datetime
) -> Reading:
    cursor: Cursor = {"collection": collection.key, "sync_token": delta.token}
    if not delta.changed and not delta.removed:
        return Unchanged(as_of=as_of, cursor=cursor)
    upserted = await fetch_objects(dav, collection, delta.changed)
    vanished = delta.changed.keys() - upserted.keys()
    return Changes(as_of=as_of, cursor=cursor, upserted=upserted, removed=delta.removed | vanished)


async def _everything(
    dav: DavClient, collection: Collection, state: CollectionState, as_of: datetime
) -> Changes:
    members = await list_members(dav, collection)
    upserted = await fetch_objects(dav, collection, members)
    cursor = _cursor_after(collection, state, members)
    return Changes(as_of=as_of, cursor=cursor, upserted=upserted, complete=True)


async def _difference(
    dav: DavClient,
    collection: Collection,
    state: CollectionState,
    etags: Mapping[str, object],
    as_of: datetime,
) -> Reading:
    members = await list_members(dav, collection)
    changed = {
        name: member
        for name, member in members.items()
        if member.version is None or member.version != etags.get(name)
    }
    upserted = await fetch_objects(dav, collection, changed)
    removed = (etags.keys() - members.keys()) | (changed.keys() - upserted.keys())
    cursor = _cursor_after(collection, state, members)
    if not upserted and not removed:
        return Unchanged(as_of=as_of, cursor=cursor)
    return Changes(as_of=as_of, cursor=cursor, upserted=upserted, removed=frozenset(removed))


def _cursor_after(
    collection: Collection, state: CollectionState, members: Mapping[str, Member]
) -> Cursor:
    """Keep the sync token alone where there is one; else every member's version.

    The listing's ETags are kept, not the fetched ones: a change between the two shows again next
    time.
    """
    if state.sync_token is not None:
        return {"collection": collection.key, "sync_token": state.sync_token}
    versions = {name: member.version for name, member in members.items()}
    return {"collection": collection.key, "ctag": state.ctag, "etags": versions}
