import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.credentials import BasicCredentials
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.http.limits import HttpLimits
from connector.adapters.http.web_address import WebAddress
from connector.domain.source import FailureKind, SourceFailure
from connector_lab.fault_server import FaultServer, Reply, reply
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

pytestmark = pytest.mark.integration

KEY = "PassphraseKey=s3cret"


async def failure_of(http: GuardedHttp, address: WebAddress) -> SourceFailure:
    with pytest.raises(SourceFailure) as failure:
        await http.fetch("GET", address)
    assert "s3cret" not in f"{failure.value} {failure.value!r} {failure.value.__cause__!r}"
    return failure.value


async def test_answer_comes_whole_with_its_headers(faults: FaultServer, http: GuardedHttp) -> None:
    faults.answers(f"/feed?{KEY}", reply(b"hello", headers={"ETag": '"1"'}))
    answer = await http.fetch("GET", faults.address(f"/feed?{KEY}"), headers={"X-Own": "1"})
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"hello", '"1"')
    sent = faults.received[0].headers
    assert sent["host"] == faults.authority
    assert sent["accept-encoding"] == "gzip"
    assert sent["x-own"] == "1"


async def test_redirect_keeps_method_and_body(faults: FaultServer, http: GuardedHttp) -> None:
    faults.answers("/old", reply(status=301, headers={"Location": "/new"}))
    faults.answers("/new", reply(b"ok", status=207))
    answer = await http.fetch("PROPFIND", faults.address("/old"), body=b"<x/>")
    assert (answer.status, answer.address.target) == (207, "/new")
    assert [(r.method, r.body) for r in faults.received] == [("PROPFIND", b"<x/>")] * 2


async def test_fourth_redirect_is_not_followed(faults: FaultServer, http: GuardedHttp) -> None:
    for hop in range(5):
        faults.answers(f"/{hop}", reply(status=302, headers={"Location": f"/{hop + 1}"}))
    assert (await failure_of(http, faults.address("/0"))).kind is FailureKind.INVALID_ANSWER
    assert len(faults.received) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "file:///etc/passwd",
        "https://user:s3cret@8.8.8.8/",
    ],
)
async def test_redirect_into_the_network_is_refused(
    faults: FaultServer, http: GuardedHttp, location: str
) -> None:
    faults.answers(f"/?{KEY}", reply(status=302, headers={"Location": location}))
    failure = await failure_of(http, faults.address(f"/?{KEY}"))
    assert failure.kind is FailureKind.ADDRESS_REFUSED


async def test_credentials_do_not_cross_origins(faults: FaultServer) -> None:
    async with FaultServer() as other:
        faults.answers("/", reply(status=307, headers={"Location": other.address("/").reveal()}))
        other.answers("/", reply(status=401))
        policy = EgressPolicy(allowed_private=frozenset({faults.authority, other.authority}))
        credentials = BasicCredentials("anna", "s3cret", faults.address("/"))
        http = GuardedHttp(policy)
        answer = await http.fetch("GET", faults.address("/"), credentials=credentials)
        assert answer.status == 401
        assert "authorization" in faults.received[0].headers
        assert "authorization" not in other.received[0].headers


async def test_private_server_is_reached_only_if_listed(faults: FaultServer) -> None:
    policy = EgressPolicy(allow_http=True, ports=frozenset({faults.port}))
    http = GuardedHttp(policy)
    failure = await failure_of(http, faults.address(f"/?{KEY}"))
    assert failure.kind is FailureKind.ADDRESS_REFUSED
    assert faults.received == []


@pytest.mark.parametrize("url", ["http://public.example/", "https://public.example:6379/"])
async def test_scheme_and_port_are_judged_before_the_name_is_resolved(url: str) -> None:
    asked: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        raise OSError

    http = GuardedHttp(EgressPolicy(), resolve=resolve)
    assert (await failure_of(http, WebAddress.parse(url))).kind is FailureKind.ADDRESS_REFUSED
    assert asked == []


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    async def resolve(_: str) -> Sequence[str]:
        return ["8.8.8.8", "10.0.0.1"]

    http = GuardedHttp(EgressPolicy(), resolve=resolve)
    failure = await failure_of(http, WebAddress.parse(f"https://mixed.example/?{KEY}"))
    assert failure.kind is FailureKind.ADDRESS_REFUSED


async def test_rebinding_name_is_resolved_once_and_judged_again_at_each_connection(
    faults: FaultServer,
) -> None:
    faults.answers("/", reply(b"ok"))
    asked: list[str] = []
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    own = f"rebind.example:{faults.port}"
    policy = EgressPolicy(allowed_private=frozenset({own}))
    http = GuardedHttp(policy, resolve=resolve)
    address = WebAddress.parse(f"http://{own}/")
    assert (await http.fetch("GET", address)).body == b"ok"
    assert asked == ["rebind.example"]
    assert (await failure_of(http, address)).kind is FailureKind.ADDRESS_REFUSED
    assert faults.received[0].headers["host"] == own


async def test_name_without_address_is_a_network_failure() -> None:
    async def resolve(_: str) -> Sequence[str]:
        raise OSError

    http = GuardedHttp(EgressPolicy(), resolve=resolve)
    failure = await failure_of(http, WebAddress.parse(f"https://none.example/?{KEY}"))
    assert failure.kind is FailureKind.NETWORK


async def test_second_address_is_tried_when_the_first_is_dead(faults: FaultServer) -> None:
    faults.answers("/", reply(b"ok"))

    async def resolve(_: str) -> Sequence[str]:
        return ["::1", "127.0.0.1"]  # the server listens on the second only

    own = f"dual.example:{faults.port}"
    policy = EgressPolicy(allowed_private=frozenset({own}))
    http = GuardedHttp(policy, resolve=resolve)
    assert (await http.fetch("GET", WebAddress.parse(f"http://{own}/"))).body == b"ok"


async def test_environment_proxies_are_ignored(
    faults: FaultServer, http: GuardedHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    faults.answers("/", reply(b"ok"))
    assert (await http.fetch("GET", faults.address("/"))).body == b"ok"


async def test_operators_proxy_gets_the_name_and_owns_the_ip_check(faults: FaultServer) -> None:
    faults.answers("http://calendar.example:80/feed", reply(b"via proxy"))
    policy = EgressPolicy(allow_http=True, proxy=f"http://{faults.authority}")
    http = GuardedHttp(policy)
    answer = await http.fetch("GET", WebAddress.parse("http://calendar.example/feed"))
    assert answer.body == b"via proxy"


@pytest.mark.parametrize(
    ("scripted", "kind"),
    [
        (reply(b"BEGIN:VCAL", content_length=500), FailureKind.INVALID_ANSWER),
        (reply(b"x" * 11 * 1024 * 1024), FailureKind.TOO_LARGE),
        (Reply([b"HTTP/1.1 200 OK\r\n\r\n"] + [b"x"] * 50, pause=0.05), FailureKind.NETWORK),
        (Reply([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"], pause=2), FailureKind.NETWORK),
        (Reply([b"not http at all\r\n\r\n"]), FailureKind.NETWORK),
        (Reply([]), FailureKind.NETWORK),
        (reply(b"x", headers={"Content-Encoding": "br"}), FailureKind.INVALID_ANSWER),
        (
            Reply([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nBEGIN\r\n"]),
            FailureKind.INVALID_ANSWER,
        ),
    ],
    ids=["cut", "huge", "drip", "stall", "garbage", "closed", "brotli", "cut-chunks"],
)
async def test_broken_bodies_are_failures(
    faults: FaultServer, http: GuardedHttp, scripted: Reply, kind: FailureKind
) -> None:
    faults.answers(f"/?{KEY}", scripted)
    assert (await failure_of(http, faults.address(f"/?{KEY}"))).kind is kind


async def test_server_that_never_answers_is_left(faults: FaultServer) -> None:
    faults.answers("/", Reply([b""], pause=3))
    policy = EgressPolicy(allowed_private=frozenset({faults.authority}))
    http = GuardedHttp(policy, limits=HttpLimits(total_seconds=0.3))
    assert (await failure_of(http, faults.address("/"))).kind is FailureKind.NETWORK


async def test_requests_given_up_leave_no_connection_behind(faults: FaultServer) -> None:
    """Cancelling a request can strand a connection in httpcore's pool for good."""
    faults.answers("/", Reply([b""], pause=5))
    policy = EgressPolicy(allowed_private=frozenset({faults.authority}))
    http = GuardedHttp(policy, limits=HttpLimits(total_seconds=0.2))
    async with http.visit() as visit:
        attempts = [visit.fetch("GET", faults.address("/")) for _ in range(20)]
        outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(isinstance(outcome, SourceFailure) for outcome in outcomes)
    assert visit._pool.connections == []  # pyright: ignore[reportPrivateUsage] - the leak is there


async def test_connection_is_reused_within_a_visit(faults: FaultServer, http: GuardedHttp) -> None:
    alive = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    faults.answers("/", Reply([alive], pause=0.5))
    async with http.visit() as visit:
        await visit.fetch("GET", faults.address("/"))
        assert [c.is_idle() for c in visit._pool.connections] == [True]  # pyright: ignore[reportPrivateUsage] - what a second request finds


async def test_urls_are_not_logged(
    faults: FaultServer, http: GuardedHttp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    faults.answers(f"/?{KEY}", reply(b"ok"))
    await http.fetch("GET", faults.address(f"/?{KEY}"))
    await failure_of(http, faults.address(f"/?{KEY}").join("https://127.0.0.1/?s3cret"))
    assert "s3cret" not in caplog.text


@pytest.fixture
async def tls_server(tmp_path: Path) -> AsyncIterator[tuple[FaultServer, ssl.SSLContext]]:
    """A server with a certificate for calendar.example, and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "calendar.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("calendar.example")]), False)  # noqa: FBT003 - cryptography's signature
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(pem)
    async with FaultServer(tls=serving) as server:
        yield server, ssl.create_default_context(cafile=str(pem))


@pytest.mark.parametrize(("host", "works"), [("calendar.example", True), ("other.example", False)])
async def test_certificate_is_checked_against_the_name_not_the_pinned_address(
    tls_server: tuple[FaultServer, ssl.SSLContext], host: str, *, works: bool
) -> None:
    server, trusting = tls_server
    server.answers("/", reply(b"ok"))

    async def resolve(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    policy = EgressPolicy(allowed_private=frozenset({f"{host}:{server.port}"}))
    address = WebAddress.parse(f"https://{host}:{server.port}/")
    http = GuardedHttp(policy, resolve=resolve, ssl_context=trusting)
    if works:
        assert (await http.fetch("GET", address)).body == b"ok"
    else:
        assert (await failure_of(http, address)).kind is FailureKind.NETWORK
