"""docker-compose.yml, checked without an engine."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from compose import make_secrets
from composition import ROOT, composition, variables
from entente_cli.kafka import OperatorSettings
from told import MODELS, loaded, unknown

pytestmark = pytest.mark.unit

SERVICES: Mapping[str, Mapping[str, Any]] = composition()["services"]
OURS = [(f"{name}{step}", name) for name in MODELS for step in ("", "-preparation")]


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "secrets"
    asyncio.run(make_secrets(folder))
    return folder


@pytest.mark.parametrize(("service", "name"), OURS)
def test_every_variable_is_known(service: str, name: str) -> None:
    assert unknown(name, SERVICES[service]["environment"]) == set()


@pytest.mark.parametrize(("service", "name"), OURS)
def test_services_start_with_what_they_are_given(
    service: str, name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        variable: str(value).replace("/run/secrets", str(secrets))
        for variable, value in SERVICES[service]["environment"].items()
    }
    settings = loaded(MODELS[name], environment, monkeypatch)
    assert settings.http.host == "0.0.0.0"  # noqa: S104 - in a container, where it must be reached
    assert f"/{name}" in settings.postgres.dsn.get_secret_value()
    loaded(OperatorSettings, environment, monkeypatch)


@pytest.mark.parametrize(("service", "name"), OURS)
def test_secrets_are_given_as_files_that_are_mounted(service: str, name: str) -> None:
    del name
    files = {
        str(value).removeprefix("/run/secrets/")
        for variable, value in SERVICES[service]["environment"].items()
        if variable.endswith("_FILE")
    }
    assert files == set(SERVICES[service]["secrets"])


def test_a_service_and_its_preparation_are_told_the_same() -> None:
    for name in MODELS:
        service, preparation = SERVICES[name], SERVICES[f"{name}-preparation"]
        for key in ("image", "build", "environment", "secrets"):
            assert service[key] == preparation[key]
        assert service["depends_on"] == {
            f"{name}-preparation": {"condition": "service_completed_successfully"}
        }


def test_every_secret_is_made_and_is_used(secrets: Path) -> None:
    declared = composition()["secrets"]
    assert {file.name for file in secrets.iterdir()} == set(declared)
    assert {Path(secret["file"]).name for secret in declared.values()} == set(declared)
    used = [name for service in SERVICES.values() for name in service.get("secrets", [])]
    assert set(used) == set(declared)


def test_secrets_that_are_there_stay(secrets: Path) -> None:
    before = {file.name: file.read_text() for file in secrets.iterdir()}
    assert len({*before.values()}) == len(before)
    asyncio.run(make_secrets(secrets))
    assert {file.name: file.read_text() for file in secrets.iterdir()} == before
    assert secrets.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("service", SERVICES)
def test_containers_can_change_nothing_but_their_volumes(service: str) -> None:
    definition = SERVICES[service]
    assert definition["read_only"] is True
    assert definition["cap_drop"] == ["ALL"]
    assert definition["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in definition["tmpfs"]  # noqa: S108 - the container's own
    assert not {"privileged", "cap_add", "network_mode", "pid"} & definition.keys()


@pytest.mark.parametrize("service", ["postgres", "kafka"])
def test_images_of_others_are_not_run_as_root(service: str) -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", SERVICES[service]["user"])


def test_only_this_machine_is_listened_to() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_everything_that_goes_on_is_asked_for_its_health() -> None:
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (service["restart"] != "no"), name


def test_every_image_is_a_variable_with_a_version() -> None:
    for service in SERVICES.values():
        assert re.fullmatch(r"[\w./-]+:\d+\.[\w.-]+", service["image"])
    replaced = composition({name: f"changed-{name}" for name in variables()})["services"]
    for name, service in replaced.items():
        assert service["image"].startswith("changed-"), name


def test_the_example_names_every_variable() -> None:
    example = (ROOT / ".env.example").read_text()
    given = dict(re.findall(r"^# (ENTENTE_\w+)=(\S+)$", example, re.MULTILINE))
    assert given.keys() == variables().keys()
    for name, defaults in variables().items():
        assert len(defaults) == 1, name
        if given[name] not in defaults:
            assert given[name].startswith("entente-local/"), name


def test_volumes_are_named_and_used() -> None:
    used = {source for service in SERVICES.values() for source in _named_volumes(service)}
    assert used == set(composition()["volumes"])


def _named_volumes(service: Mapping[str, Any]) -> Iterator[str]:
    for volume in service.get("volumes", []):
        source = str(volume).partition(":")[0]
        if not source.startswith("."):
            yield source
