"""A setting that is wrong stops the process with one line that names it and tells no secret."""

from pathlib import Path

import pytest
from messaging.settings import ServiceSettings, load, variable_names
from pydantic_settings import SettingsConfigDict

pytestmark = pytest.mark.unit

DSN = "postgresql://journal:pa55word@db/journal"


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="PROBE__")


@pytest.fixture(autouse=True)
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE__KAFKA__BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("PROBE__POSTGRES__DSN", DSN)


def complaints(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as ended:
        load(Settings)
    assert ended.value.code == 2
    return sorted(capsys.readouterr().err.splitlines())


def test_defaults_fill_what_is_not_given() -> None:
    settings = load(Settings)
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.postgres.dsn.get_secret_value() == DSN
    assert settings.http.drain_seconds == 15
    assert settings.telemetry.log_level == "INFO"


def test_secrets_are_not_printed() -> None:
    assert "pa55word" not in repr(load(Settings))


def test_what_is_missing_is_named_one_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PROBE__KAFKA__BOOTSTRAP_SERVERS")
    monkeypatch.delenv("PROBE__POSTGRES__DSN")
    assert complaints(capsys) == [
        "PROBE__KAFKA__BOOTSTRAP_SERVERS: required, but not set",
        "PROBE__POSTGRES__DSN: required, but not set",
    ]


def test_what_is_malformed_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROBE__HTTP__PORT", "pa55word")
    monkeypatch.setenv("PROBE__POSTGRES__POOL_SIZE", "1")
    port, pool = complaints(capsys)
    assert port.startswith("PROBE__HTTP__PORT: Input should be a valid integer")
    assert pool == "PROBE__POSTGRES__POOL_SIZE: Input should be greater than or equal to 2"
    assert "pa55word" not in port


def test_a_whole_group_given_as_one_value_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROBE__POSTGRES", "pa55word")
    (line,) = complaints(capsys)
    assert line == "PROBE__POSTGRES: unknown setting"


def test_sasl_without_credentials_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROBE__KAFKA__SECURITY_PROTOCOL", "SASL_SSL")
    (line,) = complaints(capsys)
    assert line.startswith("PROBE__KAFKA: ")
    assert line.endswith("sasl_username and sasl_password are required with SASL")


def test_an_unknown_variable_of_the_service_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROBE__KAFKA__BOOTSTRAP_SERVER", "kafka:9092")
    monkeypatch.setenv("OTHER__KAFKA__BOOTSTRAP_SERVER", "kafka:9092")
    assert complaints(capsys) == ["PROBE__KAFKA__BOOTSTRAP_SERVER: unknown setting"]


def test_a_value_can_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "dsn"
    secret.write_text(f"{DSN}\n")
    monkeypatch.delenv("PROBE__POSTGRES__DSN")
    monkeypatch.setenv("PROBE__POSTGRES__DSN_FILE", str(secret))
    assert load(Settings).postgres.dsn.get_secret_value() == DSN


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROBE__POSTGRES__DSN_FILE", str(tmp_path / "absent"))
    assert complaints(capsys) == [
        "PROBE__POSTGRES__DSN_FILE: cannot read the file it names (FileNotFoundError)"
    ]


def test_every_variable_can_be_listed() -> None:
    names = variable_names(Settings)
    assert "PROBE__POSTGRES__DSN" in names
    assert "PROBE__TELEMETRY__OTLP_ENDPOINT" in names
    assert len(names) == len(set(names))
