import pytest
from messaging.settings import load
from notifier.main import post_for
from notifier.settings import NotifierSettings

pytestmark = pytest.mark.unit

GIVEN = {
    "KAFKA__BOOTSTRAP_SERVERS": "kafka:9092",
    "POSTGRES__DSN": "postgresql://notifier@postgres/notifier",
    "SMTP__HOST": "smtp.example.org",
    "MAIL__SENDER_ADDRESS": "bookings@example.org",
    "PUBLIC_BASE_URL": "https://book.example.org/",
    "GUEST_LINK_KEY": "0123456789abcdef0123456789abcdef",
}


@pytest.fixture(autouse=True)
def what_has_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(f"NOTIFIER__{name}", value)


def test_what_has_no_default_is_enough() -> None:
    settings = load(NotifierSettings)
    assert settings.public_base_url == "https://book.example.org"
    assert (settings.smtp.port, settings.smtp.tls) == (587, "starttls")
    assert GIVEN["GUEST_LINK_KEY"] not in repr(settings)


def test_a_sender_in_other_letters_is_kept_as_mail_servers_take_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTIFIER__MAIL__SENDER_ADDRESS", "termine@müller.example")
    settings = load(NotifierSettings)
    assert settings.mail.sender_address == "termine@xn--mller-kva.example"
    assert post_for(settings).domain == "xn--mller-kva.example"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GUEST_LINK_KEY", "short", "32 bytes"),
        ("PUBLIC_BASE_URL", "book.example.org", "URL"),
        ("MAIL__SENDER_ADDRESS", "nobody", "mail address"),
        ("MAIL__SENDER_ADDRESS", "bookings@example.org.", "mail address"),
        ("MAIL__SENDER_ADDRESS", "bücher@example.org", "mail address"),
        ("MAIL__SENDER_NAME", "a\nb", "one line"),
        ("SMTP__USERNAME", "me", "go together"),
    ],
)
def test_a_faulty_setting_is_named(
    name: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(f"NOTIFIER__{name}", value)
    with pytest.raises(SystemExit):
        load(NotifierSettings)
    told = capsys.readouterr().err
    assert said in told
    assert f"NOTIFIER__{name.rpartition('__')[0] or name}" in told


def test_credentials_never_travel_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"USERNAME": "me", "PASSWORD": "secret", "TLS": "none"}.items():
        monkeypatch.setenv(f"NOTIFIER__SMTP__{name}", value)
    with pytest.raises(SystemExit):
        load(NotifierSettings)
    told = capsys.readouterr().err
    assert "over TLS only" in told
    assert "secret" not in told
