import pytest
from connector.adapters.http.credentials import BasicCredentials
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.http.web_address import WebAddress
from connector.domain.source import FailureKind, SourceFailure
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

FEED = "https://calendar.proton.me/api/calendar/v1/url/x?CacheKey=kk%3D&PassphraseKey=s3cret%2F"


def test_query_is_kept_to_the_letter() -> None:
    assert WebAddress.parse(FEED).target == FEED.removeprefix("https://calendar.proton.me")
    assert WebAddress.parse(FEED).reveal() == FEED


def test_neither_repr_nor_str_shows_the_target() -> None:
    address = WebAddress.parse(FEED)
    assert "s3cret" not in f"{address} {address!r} {[address]}"


def test_international_names_become_ascii() -> None:
    assert WebAddress.parse("https://Kalénder.example/").host == "xn--kalnder-dya.example"


def test_fragment_is_dropped() -> None:
    assert WebAddress.parse("https://h.example/a#key").target == "/a"


def test_ipv6_literal_keeps_its_brackets_in_the_authority() -> None:
    address = WebAddress.parse("https://[2606:4700::1111]:8443/")
    assert address.authority == "[2606:4700::1111]:8443"
    assert address.host_header == "[2606:4700::1111]:8443"
    assert WebAddress.parse("https://[2606:4700::1111]/").host_header == "[2606:4700::1111]"


@pytest.mark.parametrize(
    "text",
    [
        *("", "calendar.ics", "file:///etc/passwd", "ftp://h.example/", "gopher://h.example/"),
        *("https:///x", "https://u:s3cret@h.example/", "https://u@h.example/"),
        *("https://h.example:0/", "https://h.example:99999/", "https://a b.example/"),
        *("https://h%2e.example/", "https://h.example\r\nX: s3cret/", "https://[fe80::1%25eth0]/"),
        "https://h.example/" + "s3cret" * 400,
    ],
)
def test_unfit_addresses_are_refused_without_quoting_them(text: str) -> None:
    with pytest.raises(SourceFailure) as failure:
        WebAddress.parse(text)
    assert failure.value.kind is FailureKind.ADDRESS_REFUSED
    assert "s3cret" not in str(failure.value)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_safe_on_a_request_line(text: str) -> None:
    try:
        address = WebAddress.parse("https://" + text)
    except SourceFailure:
        return
    assert address.host.isascii()
    assert address.target.startswith("/")
    assert address.target.isprintable()
    assert " " not in address.target


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("/cal/a%40b.ics", "https://dav.example:8443/cal/a%40b.ics"),
        ("b.ics", "https://dav.example:8443/home/b.ics"),
        ("//other.example/c", "https://other.example/c"),
        ("https://p42-caldav.icloud.com:443/1/", "https://p42-caldav.icloud.com/1/"),
    ],
)
def test_references_resolve_as_rfc_3986_says(reference: str, expected: str) -> None:
    base = WebAddress.parse("https://dav.example:8443/home/")
    assert base.join(reference).reveal() == expected


@pytest.mark.parametrize("reference", ["file:///etc/passwd", "https://u:p@h.example/", "\x00"])
def test_references_are_judged_like_addresses(reference: str) -> None:
    with pytest.raises(SourceFailure, match="address_refused"):
        WebAddress.parse("https://dav.example/").join(reference)


def refusal(url: str, policy: EgressPolicy) -> FailureKind | None:
    try:
        policy.check(WebAddress.parse(url))
    except SourceFailure as failure:
        return failure.kind
    return None


def test_policy_takes_https_on_web_ports_only() -> None:
    policy = EgressPolicy()
    assert refusal("https://h.example/", policy) is None
    assert refusal("https://h.example:8443/", policy) is None
    assert refusal("https://h.example:6379/", policy) is FailureKind.ADDRESS_REFUSED
    assert refusal("http://h.example/", policy) is FailureKind.ADDRESS_REFUSED
    assert refusal("http://h.example/", EgressPolicy(allow_http=True)) is None


def test_operator_lists_own_servers_exactly() -> None:
    policy = EgressPolicy(allowed_private=frozenset({"Dav.Internal:5232"}))
    assert refusal("http://dav.internal:5232/", policy) is None
    assert refusal("http://dav.internal:5233/", policy) is FailureKind.ADDRESS_REFUSED
    assert refusal("http://x.dav.internal:5232/", policy) is FailureKind.ADDRESS_REFUSED
    with pytest.raises(ValueError, match="host:port"):
        EgressPolicy(allowed_private=frozenset({"dav.internal"}))


def test_credentials_stay_with_their_origin() -> None:
    home = WebAddress.parse("https://dav.example/")
    credentials = BasicCredentials("anna", "s3cret", home)
    assert credentials.header_for(home.join("/any/path")) == "Basic YW5uYTpzM2NyZXQ="
    for other in ("http://dav.example/", "https://dav.example:8443/", "https://evil.example/"):
        assert credentials.header_for(WebAddress.parse(other)) is None
    assert "s3cret" not in repr(credentials)
    assert "anna" not in repr(credentials)


def test_credentials_reach_the_other_hosts_of_a_known_site() -> None:
    home = WebAddress.parse("https://caldav.icloud.com/")
    credentials = BasicCredentials("anna", "s3cret", home, frozenset({"icloud.com"}))
    assert credentials.trusts(WebAddress.parse("https://p42-caldav.icloud.com/1/"))
    for other in ("http://p42-caldav.icloud.com/", "https://eviloud.com/", "https://xicloud.com/"):
        assert not credentials.trusts(WebAddress.parse(other))


@pytest.mark.parametrize(("name", "password"), [("a:b", "p"), ("a", "p\r\nX: 1"), ("a\n", "p")])
def test_credentials_that_would_break_the_header_are_refused(name: str, password: str) -> None:
    with pytest.raises(SourceFailure, match="Basic"):
        BasicCredentials(name, password, WebAddress.parse("https://dav.example/"))
