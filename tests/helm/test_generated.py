"""What is derived from values and settings is as committed."""

import importlib
import subprocess
import sys
from collections.abc import Callable

import pytest
from manifests import CHART, ROOT

pytestmark = pytest.mark.unit


def test_readme_schema_and_operating_page_are_current() -> None:
    command = [sys.executable, ROOT / "deploy" / "helm" / "generate.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own script
    assert done.returncode == 0, done.stderr


@pytest.fixture
def values_table(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    monkeypatch.setattr(sys, "path", [str(ROOT / "deploy" / "helm"), *sys.path])
    table: Callable[[str], str] = importlib.import_module("readme").values_table
    return table


def test_every_value_is_in_the_table(values_table: Callable[[str], str]) -> None:
    table = values_table((CHART / "values.yaml").read_text())
    assert '| `postgres.sslmode` | `"verify-full"` |' in table


def test_a_value_that_is_not_described_is_an_error(values_table: Callable[[str], str]) -> None:
    with pytest.raises(ValueError, match=r"outer\.inner"):
        values_table("# -- Said\nsaid: 1\nouter:\n  inner: 2\n")
