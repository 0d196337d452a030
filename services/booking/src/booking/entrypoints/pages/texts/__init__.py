"""What the pages say: one file for each language, the same keys in all."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape


class Texts:
    """The texts of one language by key, such as `pick.heading`."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = entries

    def __call__(self, key: str, **values: object) -> Markup:
        """Return the text with its placeholders filled in; values are escaped."""
        return escape(self.entries[key]).format(**values)

    def __contains__(self, key: str) -> bool:
        """Tell whether there is such a text."""
        return key in self.entries


@cache
def texts_in(code: str) -> Texts:
    """Return the texts of a language."""
    content = files(__name__).joinpath(f"{code}.toml").read_text(encoding="utf-8")
    return Texts(dict(_flat(tomllib.loads(content))))


def _flat(tables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, str]:
    return {
        f"{table}.{key}": str(text) for table, rows in tables.items() for key, text in rows.items()
    }
