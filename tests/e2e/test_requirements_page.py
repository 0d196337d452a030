"""The page of requirements names only tests that exist."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "requirements.md").read_text()
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| [A-Z]+-?\d+ ", line)]
NAMED = sorted(set(re.findall(r"`([\w/.]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_exists(path: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split()[1])
def test_every_row_names_a_test_or_says_that_there_is_none(row: str) -> None:
    shown_by = row.split("|")[3]
    assert "::" in shown_by or "not yet" in shown_by


def test_each_requirement_has_one_row() -> None:
    ids = [row.split()[1] for row in ROWS]
    assert len(ids) == len(set(ids)) > 30
