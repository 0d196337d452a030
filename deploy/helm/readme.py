# ruff: noqa: INP001  # a script, in no package
"""The table of values, from the `# --` comments in values.yaml."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

import yaml

_MARK = "# -- "


def values_table(text: str) -> str:
    """Return a Markdown table: each described key, its default, and the description.

    Raises ValueError for a key with neither a description nor described keys below it.
    """
    values = cast("Mapping[str, Any]", yaml.safe_load(text))
    described = dict(_descriptions(text))
    bare = [path for path in _leaves(values) if not _is_described(path, described)]
    if bare:
        raise ValueError(f"not described in values.yaml: {', '.join(bare)}")
    rows = [
        f"| `{path}` | `{json.dumps(_at(values, path))}` | {said.replace('|', chr(92) + '|')} |"
        for path, said in described.items()
    ]
    return "\n".join(["| key | default | meaning |", "|---|---|---|", *rows])


def _descriptions(text: str) -> Iterator[tuple[str, str]]:
    """Yield the path and description of each key below a `# --` line."""
    path: list[str] = []
    said: str | None = None
    for line in text.splitlines():
        content = line.strip()
        if content.startswith(_MARK):
            said = content.removeprefix(_MARK)
        elif content and not content.startswith(("#", "- ")):
            depth = (len(line) - len(line.lstrip())) // 2
            path[depth:] = [content.partition(":")[0]]
            if said is not None:
                yield ".".join(path), said
            said = None


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _leaves(cast("Mapping[str, Any]", value), f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _is_described(path: str, described: Mapping[str, str]) -> bool:
    steps = path.split(".")
    return any(".".join(steps[:count]) in described for count in range(1, len(steps) + 1))


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for step in path.split("."):
        found = found[step]
    return found
