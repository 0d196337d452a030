from uuid import UUID

import pytest
from notifier.domain.guest_links import GuestLinks, secret_of
from notifier.domain.parties import Role

pytestmark = pytest.mark.unit

KEY = b"0123456789abcdef0123456789abcdef"
BOOKING = UUID("0190a1b2-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("party", "secret"),
    [
        (Role.GUEST, "eYhfJmseM8xACMnIjHYPjmyyi5b0xLPAHlvZDTUS8R0"),
        (Role.HOST, "ujXa5pHHJ9JVwwK6S6Csy2KeK6ASoUc3_krkvKczIzE"),
    ],
)
def test_the_secret_is_the_one_that_booking_derives(party: Role, secret: str) -> None:
    assert secret_of(KEY, BOOKING, party) == secret


def test_a_link_leads_to_the_page_of_one_party() -> None:
    page = GuestLinks("https://book.example.org", KEY).page(BOOKING, Role.GUEST)
    secret = "eYhfJmseM8xACMnIjHYPjmyyi5b0xLPAHlvZDTUS8R0"  # noqa: S105 - of a test's key
    assert page == f"https://book.example.org/b/{BOOKING}/guest/{secret}"


def test_a_key_that_could_be_guessed_is_refused_and_never_shown() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        GuestLinks("https://book.example.org", b"short")
    assert "0123" not in repr(GuestLinks("https://book.example.org", KEY))
