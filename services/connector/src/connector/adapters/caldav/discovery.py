"""Finding an account's calendars from whatever address the user gave (RFC 6764, RFC 4791 §7.1)."""

from collections.abc import Sequence

from connector.adapters.caldav.collection import Collection
from connector.adapters.caldav.dav_client import DavClient
from connector.adapters.caldav.description import PROPERTIES, describe, is_calendar
from connector.adapters.caldav.xml import CALDAV, DAV
from connector.adapters.http.web_address import WebAddress
from connector.domain.source import DiscoveredCalendar, FailureKind, SourceFailure

_PRINCIPAL = f"{DAV}current-user-principal"
_HOME = f"{CALDAV}calendar-home-set"
_DEFAULT_CALENDAR = f"{CALDAV}schedule-default-calendar-URL"

MAX_HOMES = 10
MAX_CALENDARS = 500
"""Of one account. Past it the account is refused, not listed in part."""

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
    homes = _own(dav, answered, here.hrefs(_HOME))
    if not homes:
        for principal in _own(dav, answered, here.hrefs(_PRINCIPAL)):
            homes += await _homes_of(dav, principal)
    found: list[DiscoveredCalendar] = []
    for home in homes:
        found += await _calendars_in(dav, home)
        if len(found) > MAX_CALENDARS:
            raise SourceFailure(FailureKind.TOO_LARGE, f"over {MAX_CALENDARS} calendars")
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
    return _own(dav, answered, account.hrefs(_HOME))


def _own(dav: DavClient, answered: WebAddress, hrefs: Sequence[str]) -> list[WebAddress]:
    """Return the addresses on the account's server: an answer sends us nowhere else."""
    addresses = list(dict.fromkeys(answered.join(href) for href in hrefs))
    own = [address for address in addresses if dav.trusts(address)]
    if addresses and not own:
        detail = f"{addresses[0].host} is another server than the one connected"
        raise SourceFailure(FailureKind.AUTHENTICATION, detail)
    if len(own) > MAX_HOMES:
        raise SourceFailure(FailureKind.TOO_LARGE, f"over {MAX_HOMES} homes")
    return own


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
