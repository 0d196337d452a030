"""The Dockerfile and what it is given; building it takes a Docker engine."""

import re
from fnmatch import fnmatch

import pytest
from manifests import ROOT

pytestmark = pytest.mark.unit

DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))


@pytest.mark.parametrize("service", [*SERVICES, "cli"])
def test_all_that_is_installed_is_locked_with_hashes(service: str) -> None:
    lock = (ROOT / "locks" / f"{service}.txt").read_text()
    pinned = re.findall(r"^\S+==", lock, re.MULTILINE)
    assert pinned
    assert len(re.findall(r"^\S+==.*\\\n +--hash=sha256:", lock, re.MULTILINE)) == len(pinned)


def test_every_install_is_from_the_locks_or_from_our_own_wheels() -> None:
    logical = DOCKERFILE.replace("\\\n", " ")
    installs = re.findall(r"pip install[^&\n]*", logical)
    assert len(installs) == 4
    for install in installs:
        assert "--require-hashes" in install or "--no-index" in install, install


@pytest.mark.parametrize("service", SERVICES)
def test_the_lock_of_the_commands_agrees_with_the_services(service: str) -> None:
    """Both are installed into one environment."""
    ours, theirs = _pins("cli"), _pins(service)
    assert {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]} == set()


def test_the_build_backend_is_the_one_that_is_locked() -> None:
    assert f"hatchling=={_pins('development')['hatchling']}" in DOCKERFILE


def test_the_last_stage_runs_as_a_numeric_user_and_has_no_tools() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\S+)$", last, re.MULTILINE)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert re.findall(r"^COPY (?!--from=build /opt/entente )", last, re.MULTILINE) == []
    assert "RUN" not in last
    assert last.startswith("${BASE}")


def test_what_is_copied_is_in_the_context() -> None:
    kept = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copied = re.findall(r"^COPY ([^-\s]\S*)/ ", DOCKERFILE, re.MULTILINE)
    assert copied
    for source in copied:
        folder = source.partition("/")[0]
        assert (ROOT / folder).is_dir()
        assert any(fnmatch(folder, pattern) for pattern in kept), source


def _pins(lock: str) -> dict[str, str]:
    text = (ROOT / "locks" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))
