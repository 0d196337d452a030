"""One record of every kind, as it lies on its topic: a test kit for whoever reads them.

Each `<ce_type>/<revision>.json` beside this file holds a record's headers, key and value. Examples
of every revision ever published stay: a reader that takes them all takes what an old record holds.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import Traversable
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A record, and the type and schema revision it shows."""

    type: str
    revision: int
    headers: list[tuple[str, bytes]]
    key: bytes
    value: bytes


def load(ce_type: str) -> tuple[list[tuple[str, bytes]], bytes]:
    """Return the headers and the value of the newest example of a `ce_type`.

    Raises LookupError where there is none.
    """
    newest = every(ce_type)[-1]
    return newest.headers, newest.value


def every(ce_type: str) -> list[Example]:
    """Return all examples of a `ce_type`, oldest revision first.

    Raises LookupError where there is none.
    """
    folder = files(__name__).joinpath(ce_type)
    if not ce_type or not folder.is_dir():
        raise LookupError(f"no example of {ce_type!r}")
    found = (_read(ce_type, file) for file in folder.iterdir() if file.name.endswith(".json"))
    return sorted(found, key=lambda example: example.revision)


def types() -> Iterator[str]:
    """Return every `ce_type` that has an example, in order."""
    folders = (entry for entry in files(__name__).iterdir() if entry.name.startswith("entente."))
    return iter(sorted(folder.name for folder in folders))


def _read(ce_type: str, file: Traversable) -> Example:
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return Example(
        type=ce_type,
        revision=int(file.name.removesuffix(".json")),
        headers=[(name, text.encode()) for name, text in record["headers"].items()],
        key=record["key"].encode(),
        value=json.dumps(record["value"], ensure_ascii=False, separators=(",", ":")).encode(),
    )
