"""Finding an account's calendars from whatever address the user gave (RFC 6764, RFC 4791 §7.1)."""

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.description import PROPERTIES, describe, is_calendar
from connector.adapters.caldav.xml import CALDAV, DAV
from connector.adapters.http.web_address import WebAddress
from connector.domain.source import DiscoveredCalendar, FailureKind, SourceFailure

_PRINCIPAL = f"{DAV}current-user-principal"
_HOME = f"{CALDAV}calendar-home-set"
_DEFAULT_CALENDAR = f"{CALDAV}schedule-default-calendar-URL"

_TRY_ELSEWHERE = frozenset(
    {
        FailureKind.GONE,
        FailureKind.INVALID_ANSWER,
        FailureKind.NOT_A_CALENDAR,
        FailureKind.PERMISSION,
    }
)


async def find_calendars(dav: DavClient) -> tuple[DiscoveredCalendar, ...]:
    """List the calendars for events in the account's homes, and the one addressed directly.

    Tries the address as given and the server's well-known one, the likelier first. Raises what was
    wrong with the given address when neither leads to a calendar or a principal.
    """
    well_known = dav.home.join("/.well-known/caldav")
    bare = dav.home.path == "/"
    failures: dict[WebAddress, SourceFailure] = {}
    for start in (well_known, dav.home) if bare else (dav.home, well_known):
        try:
            return await _calendars_from(dav, start)
        except SourceFailure as failure:
            if failure.kind not in _TRY_ELSEWHERE:
                raise
            failures[start] = failure
    raise failures[dav.home]


async def _calendars_from(dav: DavClient, start: WebAddress) -> tuple[DiscoveredCalendar, ...]:
    here, answered = await dav.look_at(start, _PRINCIPAL, _HOME, *PROPERTIES)
    homes = [answered.join(href) for href in here.hrefs(_HOME)]
    if not homes:
        homes = [
            home
            for principal in here.hrefs(_PRINCIPAL)
            for home in await _homes_of(dav, answered.join(principal))
        ]
    found = [calendar for home in homes for calendar in await _calendars_in(dav, home)]
    if is_calendar(here):
        addressed = Collection.at(answered)
        if addressed.key not in {Collection.parse(other.remote_id).key for other in found}:
            found += describe(here, addressed)
    elif f"{DAV}unauthenticated" in here.tags(_PRINCIPAL):
        raise SourceFailure(FailureKind.AUTHENTICATION, "the server wants to know who asks")
    elif not homes:
        raise SourceFailure(FailureKind.NOT_A_CALENDAR, "neither a calendar nor an account")
    return tuple(found)


async def _homes_of(dav: DavClient, principal: WebAddress) -> list[WebAddress]:
    account, answered = await dav.look_at(principal, _HOME)
    return [answered.join(href) for href in account.hrefs(_HOME)]


async def _calendars_in(dav: DavClient, home: WebAddress) -> list[DiscoveredCalendar]:
    """List a home's calendars; the scheduling inbox there names the default (RFC 6638 §9.2)."""
    responses, answered = await dav.propfind(home, 1, *PROPERTIES, _DEFAULT_CALENDAR)
    primary = {
        Collection.at(answered.join(href)).key
        for response in responses
        for href in response.hrefs(_DEFAULT_CALENDAR)
    }
    members = [(response, Collection.at(answered.join(response.href))) for response in responses]
    return [
        calendar
        for response, collection in members
        if is_calendar(response) and dav.trusts(collection.address)
        for calendar in describe(response, collection, is_primary=collection.key in primary)
    ]
