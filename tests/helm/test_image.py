"""The Dockerfiles and what they are given; building them takes a Docker engine."""

import re
import tomllib

import pytest
from manifests import ROOT

pytestmark = pytest.mark.unit

DOCKERFILE = (ROOT / "Dockerfile").read_text()
DOCKERFILES = {
    "service": DOCKERFILE,
    **{
        name: (ROOT / "dev" / "images" / name / "Dockerfile").read_text()
        for name in ("demo", "kafka", "postgres")
    },
}
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))


@pytest.mark.parametrize("service", [*SERVICES, "cli", "demo"])
def test_all_that_is_installed_is_locked_with_hashes(service: str) -> None:
    lock = (ROOT / "locks" / f"{service}.txt").read_text()
    pinned = re.findall(r"^\S+==", lock, re.MULTILINE)
    assert pinned
    assert len(re.findall(r"^\S+==.*\\\n +--hash=sha256:", lock, re.MULTILINE)) == len(pinned)


@pytest.mark.parametrize(("image", "count"), [("service", 5), ("demo", 4), ("postgres", 2)])
def test_every_install_is_from_the_locks_or_from_our_own_wheels(image: str, count: int) -> None:
    logical = DOCKERFILES[image].replace("\\\n", " ")
    installs = re.findall(r"pip install[^&\n]*", logical)
    assert len(installs) == count
    for install in installs:
        assert "--require-hashes" in install or "--no-index" in install, install


@pytest.mark.parametrize("service", SERVICES)
def test_the_lock_has_what_the_service_asks_for(service: str) -> None:
    """Its own wheel is installed from what the lock brought, and from nothing else."""
    project = tomllib.loads((ROOT / "services" / service / "pyproject.toml").read_text())
    asked = {re.split(r"[^\w.-]", wanted)[0] for wanted in project["project"]["dependencies"]}
    ours = project["tool"]["uv"]["sources"].keys()
    assert asked - ours - _pins(service).keys() - _pins("cli").keys() == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_lock_of_the_commands_agrees_with_the_services(service: str) -> None:
    """Both are installed into one environment."""
    ours, theirs = _pins("cli"), _pins(service)
    assert {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]} == set()


@pytest.mark.parametrize("image", ["service", "demo"])
def test_the_build_backend_is_the_one_that_is_locked(image: str) -> None:
    assert f"hatchling=={_pins('development')['hatchling']}" in DOCKERFILES[image]


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_runs_as_a_numeric_user(image: str) -> None:
    last = DOCKERFILES[image].rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\S+)$", last, re.MULTILINE)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_the_last_stage_of_a_service_has_no_tools() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^COPY (?!--from=build /opt/entente )", last, re.MULTILINE) == []
    assert "RUN" not in last
    assert last.startswith("${BASE}")


def test_what_is_copied_is_in_the_context() -> None:
    kept = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copied = {
        source
        for name in ("service", "demo", "postgres")
        for line in re.findall(r"^COPY ([^-].*) \S+$", DOCKERFILES[name], re.MULTILINE)
        for source in line.split()
    }
    assert copied
    for source in copied:
        path = source.partition("$")[0].rstrip("/")
        assert (ROOT / path).exists()
        assert any(path == folder or path.startswith(f"{folder}/") for folder in kept), source


def _pins(lock: str) -> dict[str, str]:
    text = (ROOT / "locks" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))
