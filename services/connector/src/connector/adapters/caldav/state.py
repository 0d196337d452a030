"""A collection's own state: is it a calendar we may read, and what are its marks of change."""

from dataclasses import dataclass

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.description import PROPERTIES, is_calendar
from connector.adapters.caldav.xml import CALENDAR_SERVER, DAV
from connector.domain.source import FailureKind, SourceFailure

_SYNC_TOKEN = f"{DAV}sync-token"
_CTAG = f"{CALENDAR_SERVER}getctag"


@dataclass(frozen=True, slots=True)
class CollectionState:
    """Marks that differ once any member changes; None where the server has no such mark."""

    sync_token: str | None
    ctag: str | None


def own_collection(dav: DavClient, remote_id: str) -> Collection:
    """Take a calendar's remote id; raises `permission` for one on another server."""
    collection = Collection.parse(remote_id)
    if not dav.trusts(collection.address):
        raise SourceFailure(FailureKind.PERMISSION, "not a calendar of the connected account")
    return collection


async def read_state(dav: DavClient, collection: Collection) -> CollectionState:
    """Look at the collection itself.

    Raises what the server answers to an account that may not read it (`permission`, `gone`), and
    `not_a_calendar`.
    """
    itself, _ = await dav.look_at(collection.address, *PROPERTIES, _SYNC_TOKEN, _CTAG)
    if not is_calendar(itself):
        raise SourceFailure(FailureKind.NOT_A_CALENDAR, "not a calendar for events")
    return CollectionState(itself.text(_SYNC_TOKEN), itself.text(_CTAG))
