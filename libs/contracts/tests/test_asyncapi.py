"""The AsyncAPI project's own parser reads the document."""

import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from entente_contracts.schemas import CHECKOUT

pytestmark = pytest.mark.integration

Validate = Callable[[Path], dict[str, Any]]

TOOL = Path(__file__).parent / "asyncapi"
CACHE = CHECKOUT.parents[1] / ".cache" / "asyncapi"
# The document is written in 3.0.0 on purpose: the level of the tools its readers use.
TOLERATED = {"asyncapi-latest-version"}


@pytest.fixture(scope="module")
def validate() -> Validate:
    """Install the locked parser once per lock file, and return a function that runs it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.fail("needs Node.js 20 or newer and npm")
    digest = hashlib.sha256((TOOL / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = CACHE / digest
    home.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "installed").exists():
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(TOOL / name, home)
            subprocess.run([npm, "ci"], cwd=home, check=True, capture_output=True, timeout=240)  # noqa: S603 - our own lock file
            (home / "installed").touch()
    script = shutil.copy(TOOL / "validate.mjs", home)

    def run(document: Path) -> dict[str, Any]:
        done = subprocess.run(  # noqa: S603 - our own script
            [node, script, document], check=True, capture_output=True, text=True, timeout=60
        )
        return json.loads(done.stdout)

    return run


def test_the_document_is_valid(validate: Validate) -> None:
    result = validate(CHECKOUT / "asyncapi.yaml")
    assert result["valid"]
    assert [found for found in result["findings"] if found["code"] not in TOLERATED] == []


def test_the_parser_finds_a_fault_in_the_document(validate: Validate, tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "schemas", tmp_path / "schemas")
    contract = yaml.safe_load((CHECKOUT / "asyncapi.yaml").read_text())
    contract["operations"]["booking.events.v1"]["action"] = "shout"
    broken = tmp_path / "asyncapi.yaml"
    broken.write_text(yaml.safe_dump(contract))
    assert any("action" in found["message"] for found in validate(broken)["findings"])


def test_the_parser_finds_a_fault_in_a_schema(validate: Validate, tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "schemas", tmp_path / "schemas")
    document = tmp_path / "asyncapi.yaml"
    shutil.copy(CHECKOUT / "asyncapi.yaml", document)
    schema = tmp_path / "schemas" / "entente.calendar.sync.v1" / "1.json"
    broken = json.loads(schema.read_text())
    broken["properties"]["calendar_id"] = {"type": "strin"}
    schema.write_text(json.dumps(broken))
    findings = validate(document)["findings"]
    assert any("calendar_id" in found["path"] for found in findings)
