"""What docker-compose.yml says, read without Compose."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
# Ours where nobody has named others: public ones may be out of reach.
IMAGES_MADE_HERE = {
    "ENTENTE_POSTGRES_IMAGE": "entente-local/postgres:18.4",
    "ENTENTE_KAFKA_IMAGE": "entente-local/kafka:4.3.1",
}
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def composition(variables: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Return the file's content with these variables and the defaults of the others."""
    given = variables or {}
    text = _VARIABLE.sub(lambda found: given.get(found[1], found[2]), FILE.read_text())
    content: Mapping[str, Any] = yaml.safe_load(text)
    return content


def variables() -> dict[str, set[str]]:
    """Return the defaults of each variable of the file."""
    found: dict[str, set[str]] = {}
    for name, default in _VARIABLE.findall(FILE.read_text()):
        found.setdefault(name, set()).add(default)
    return found


def images() -> set[str]:
    """Return the images that the tests run."""
    content = composition({**IMAGES_MADE_HERE, **os.environ})
    return {str(service["image"]) for service in content["services"].values()}
