import pytest
from connector.adapters.caldav.collection import Collection
from connector.domain.source import SourceFailure
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

OFFICE = Collection.parse("https://dav.example/anna%40x.example/office")


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("/anna%40x.example/office/a.ics", "a.ics"),
        ("/anna@x.example/office/a%40b.ics", "a@b.ics"),
        ("https://p42.dav.example/anna%40x.example/office/a@b.ics", "a@b.ics"),
        ("/anna%40x.example/office/d%c3%a9j%2fa.ics", "d%C3%A9j%2Fa.ics"),
        ("a.ics", "a.ics"),
        ("/anna@x.example/office/", ""),
        ("/anna@x.example/office", ""),
    ],
)
def test_spellings_of_one_member_have_one_name(href: str, name: str) -> None:
    assert OFFICE.name_of(href) == name


@pytest.mark.parametrize(
    "href", ["/", "/anna@x.example/offices/a.ics", "/bob/a.ics", "../other/a.ics", "//h/a.ics"]
)
def test_members_elsewhere_are_never_left_out_in_silence(href: str) -> None:
    with pytest.raises(SourceFailure, match="invalid_answer"):
        OFFICE.name_of(href)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_any_text_addresses_a_member_of_the_collection_or_none(name: str) -> None:
    try:
        address = OFFICE.address_of(name)
    except SourceFailure:
        return
    assert address.origin == OFFICE.address.origin
    assert OFFICE.name_of(address.path) == name


def test_double_slash_in_a_path_is_no_host() -> None:
    odd = Collection.parse("https://dav.example//evil.example")
    assert odd.address.host == "dav.example"
    assert odd.address_of("a.ics").reveal() == "https://dav.example//evil.example/a.ics"
