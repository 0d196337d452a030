from collections.abc import AsyncIterator

import pytest
from connector.adapters.caldav.discovery import MAX_CALENDARS, MAX_HOMES
from connector.adapters.caldav.source import CalDavAccount
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.egress import EgressPolicy
from connector.domain.source import CheckResult, FailureKind, SourceFailure
from connector_lab.fault_server import FaultServer, Reply, reply
from dav_script import collection, found, multistatus

pytestmark = pytest.mark.integration


@pytest.fixture
def account(faults: FaultServer, http: GuardedHttp) -> CalDavAccount:
    return CalDavAccount(http, faults.address("/cal/").reveal(), "anna", "s3cret")


@pytest.fixture
async def other() -> AsyncIterator[FaultServer]:
    async with FaultServer() as server:
        yield server


async def test_discovery_takes_no_password_to_another_server(
    faults: FaultServer, other: FaultServer
) -> None:
    principal = f"<d:href>{other.address('/anna/').reveal()}</d:href>"
    faults.answers(
        "/.well-known/caldav",
        multistatus(
            found("/", f"<d:current-user-principal>{principal}</d:current-user-principal>")
        ),
    )
    other.answers("/anna/", reply(status=401))
    policy = EgressPolicy(allowed_private=frozenset({faults.authority, other.authority}))
    http = GuardedHttp(policy)
    account = CalDavAccount(http, faults.address("/").reveal(), "anna", "s3cret")
    assert await account.check() is CheckResult.AUTHENTICATION
    with pytest.raises(SourceFailure, match="another server"):
        await account.discover()
    assert "authorization" in faults.received[0].headers
    assert not any("authorization" in request.headers for request in other.received)


@pytest.mark.parametrize("count", [1, 50])
async def test_discovery_asks_nobody_on_behalf_of_an_answer(
    faults: FaultServer, other: FaultServer, account: CalDavAccount, count: int
) -> None:
    homes = [f"<d:href>{other.address(f'/{n}/').reveal()}</d:href>" for n in range(count)]
    faults.answers(
        "PROPFIND /cal/",
        multistatus(found("/cal/", f"<c:calendar-home-set>{''.join(homes)}</c:calendar-home-set>")),
    )
    assert await account.check() is CheckResult.AUTHENTICATION
    assert other.received == []


async def test_discovery_follows_so_many_homes_and_takes_so_many_calendars(
    faults: FaultServer, account: CalDavAccount
) -> None:
    def homes(count: int) -> Reply:
        hrefs = "".join(f"<d:href>/home/{n}/</d:href>" for n in range(count))
        return multistatus(found("/cal/", f"<c:calendar-home-set>{hrefs}</c:calendar-home-set>"))

    faults.answers("PROPFIND /cal/", homes(MAX_HOMES + 1))
    with pytest.raises(SourceFailure) as failure:
        await account.discover()
    assert failure.value.kind is FailureKind.TOO_LARGE
    assert len(faults.received) == 1

    faults.answers("PROPFIND /cal/", homes(1))
    many = [collection(f"/home/0/{n}/") for n in range(MAX_CALENDARS + 1)]
    faults.answers("PROPFIND /home/0/", multistatus(*many[:-1]))
    assert len((await account.discover()).calendars) == MAX_CALENDARS
    faults.answers("PROPFIND /home/0/", multistatus(*many))
    with pytest.raises(SourceFailure) as failure:
        await account.discover()
    assert failure.value.kind is FailureKind.TOO_LARGE


async def test_discovery_skips_tasks_address_books_and_what_may_not_be_read(
    faults: FaultServer, account: CalDavAccount
) -> None:
    calendar = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
    tasks = '<c:supported-calendar-component-set><c:comp name="VTODO"/>'

    def may(*privileges: str) -> str:
        inner = "".join(f"<d:privilege>{name}</d:privilege>" for name in privileges)
        return f"<d:current-user-privilege-set>{inner}</d:current-user-privilege-set>"

    home = "<c:calendar-home-set><d:href>/home/</d:href></c:calendar-home-set>"
    faults.answers("PROPFIND /cal/", multistatus(found("/cal/", home)))
    faults.answers(
        "PROPFIND /home/",
        multistatus(
            found("/home/", "<d:resourcetype><d:collection/></d:resourcetype>"),
            found(
                "/home/inbox/",
                "<c:schedule-default-calendar-URL><d:href>/home/a%40b/</d:href>"
                "</c:schedule-default-calendar-URL>",
            ),
            found(
                "/home/a@b/",
                calendar,
                may("<d:read/>", "<d:write/>"),
                "<d:displayname>Work</d:displayname>",
                "<c:calendar-timezone>BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Paris\n"
                "END:VTIMEZONE\nEND:VCALENDAR</c:calendar-timezone>",
            ),
            found("/home/read/", calendar, may("<d:read/>", "<d:write-properties/>")),
            found("/home/busy/", calendar, may("<c:read-free-busy/>")),
            found("/home/unsaid/", calendar),
            found("/home/none/", calendar, may()),
            found("/home/tasks/", calendar, f"{tasks}</c:supported-calendar-component-set>"),
            found("https://elsewhere.example/shared/", calendar, may("<d:read/>")),
        ),
    )
    discovery = await account.discover()
    seen = [
        (c.remote_id.rpartition(":")[2].partition("/")[2], c.access) for c in discovery.calendars
    ]
    assert seen == [
        ("home/a@b/", "write"),
        ("home/read/", "read"),
        ("home/busy/", "freebusy"),
        ("home/unsaid/", "read"),
    ]
    work = discovery.calendars[0]
    assert (work.name, work.timezone, work.is_primary) == ("Work", "Europe/Paris", True)
    assert discovery.calendars[1].name == "read"


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (reply(b"<html>Hello</html>"), CheckResult.NOT_A_CALENDAR),
        (reply(status=405), CheckResult.NOT_A_CALENDAR),
        (reply(status=501), CheckResult.NOT_A_CALENDAR),
        (multistatus(found("/cal/", "<d:resourcetype/>")), CheckResult.NOT_A_CALENDAR),
        (
            multistatus(
                found(
                    "/", "<d:current-user-principal><d:unauthenticated/></d:current-user-principal>"
                )
            ),
            CheckResult.AUTHENTICATION,
        ),
        (reply(status=401), CheckResult.AUTHENTICATION),
        (reply(status=403), CheckResult.PERMISSION),
        (reply(status=502), CheckResult.NETWORK),
        (reply(status=429), CheckResult.NETWORK),
        (multistatus(collection()), CheckResult.OK),
    ],
)
async def test_check_gives_one_of_five_answers(
    faults: FaultServer, account: CalDavAccount, answer: Reply, result: CheckResult
) -> None:
    faults.answers("/cal/", answer)
    assert await account.check() is result


async def test_dead_server_is_a_network_failure(http: GuardedHttp, faults: FaultServer) -> None:
    async with FaultServer() as stopped:
        address = stopped.address("/")
    policy = EgressPolicy(allowed_private=frozenset({stopped.authority}))
    client = GuardedHttp(policy)
    account = CalDavAccount(client, address.reveal(), "anna", "s3cret")
    assert await account.check() is CheckResult.NETWORK
    refused = CalDavAccount(http, address.reveal(), "anna", "s3cret")
    assert await refused.check() is CheckResult.NETWORK
    assert faults.received == []
