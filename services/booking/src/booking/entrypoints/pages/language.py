"""Which language a page is written in, and by which habits it writes dates."""

from collections.abc import Iterator
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

CODES = ("en", "fr", "sl")
"""The languages there are texts in; the first where no other is wanted."""

_LONGEST_HEADER = 256


@dataclass(frozen=True, slots=True)
class Language:
    """A language with texts; `locale` may add a region's habits to it."""

    code: str
    locale: Locale

    @property
    def tag(self) -> str:
        """The language as a tag of RFC 5646, such as `en-GB`."""
        return str(self.locale).replace("_", "-")

    @property
    def name(self) -> str:
        """The language's name in itself."""
        return (self.locale.get_language_name(self.locale) or self.code).capitalize()


def choose_language(chosen: str | None, *wanted: str | None, accepted: str | None) -> Language:
    """Return the language `chosen` on the page, else the first wanted one that has texts.

    `wanted` are tags, `accepted` is an Accept-Language header (RFC 9110 §12.5.4). A region is
    taken over from the first tag that names the language.
    """
    preferred = [tag for tag in wanted if tag] + list(_by_preference(accepted or ""))
    known = [found for tag in preferred if (found := language_of(tag)) is not None]
    if chosen in CODES:
        same = (language for language in known if language.code == chosen)
        return next(same, _plain(chosen))
    return known[0] if known else _plain(CODES[0])


def language_of(tag: str) -> Language | None:
    """Return the language of a tag, None where there are no texts in it."""
    code = tag.strip().replace("_", "-").split("-")[0].lower()
    if code not in CODES:
        return None
    try:
        named = Locale.parse(tag.strip(), sep="-" if "-" in tag else "_")
        return Language(code, Locale(code, named.territory))  # texts are in the usual script
    except (ValueError, UnknownLocaleError):
        return _plain(code)


def languages() -> tuple[Language, ...]:
    """Return every language there are texts in."""
    return tuple(_plain(code) for code in CODES)


def _plain(code: str) -> Language:
    return Language(code, Locale.parse(code))


def _by_preference(header: str) -> Iterator[str]:
    weighted: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            weighted.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    weighted.sort(key=lambda item: -item[0])
    yield from (tag for weight, tag in weighted if weight > 0)
