"""The code of docs/subscribing.md, as files that can be run."""

import re
from pathlib import Path

import pytest
from entente_contracts.schemas import CHECKOUT

PAGE = CHECKOUT.parents[1] / "docs" / "subscribing.md"
_BLOCK = re.compile(r"^```python (?P<name>\w+\.py)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def subscriber(tmp_path: Path) -> Path:
    """Return a folder with the page's named Python blocks, each in its file."""
    for block in _BLOCK.finditer(PAGE.read_text()):
        (tmp_path / block["name"]).write_text(block["code"])
    return tmp_path
