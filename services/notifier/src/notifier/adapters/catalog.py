"""The wording of mails in the languages that there are."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "fr", "sl")
_DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The wording in one language, by dotted key."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **names: str) -> str:
        """Return a text with its names filled in; raises KeyError for an unknown one."""
        return self.texts[key].format_map(names)

    def has(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return key in self.texts


@cache
def catalog_of(language: str) -> Catalog:
    """Return the wording in one of LANGUAGES."""
    source = resources.files("notifier.adapters.texts").joinpath(f"{language}.toml")
    return Catalog(language, dict(_flat(tomllib.loads(source.read_text(encoding="utf-8")))))


def catalog_for(locale: str) -> Catalog:
    """Return the wording for a language tag (BCP 47): in its language, or else in English."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return catalog_of(language if language in LANGUAGES else _DEFAULT)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield f"{prefix}{key}", value
        else:
            yield from _flat(value, f"{prefix}{key}.")
