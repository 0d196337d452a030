"""Templates made into answers."""

import hashlib
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.units import format_unit
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from booking.entrypoints.pages.language import languages
from booking.entrypoints.pages.links import Visit
from booking.entrypoints.pages.reader import Reader
from booking.entrypoints.pages.starts import written
from booking.entrypoints.pages.texts import texts_in
from booking.entrypoints.pages.zones import choices_in

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_HOUR = 60


def show(
    request: Request, reader: Reader, template: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return the page that a template makes for a reader."""
    text = texts_in(reader.language.code)
    html = (
        _environment()
        .get_template(template)
        .render(
            t=text,
            reader=reader,
            clock=reader.clock,
            url=reader.url,
            languages=languages(),
            here=_here(request, context.get("visit")),
            zones=choices_in(reader.language.locale),
            duration=partial(duration, locale=reader.language.locale),
            names=partial(names, locale=reader.language.locale),
            **context,
        )
    )
    return HTMLResponse(html, status)


def duration(minutes: int, locale: Locale) -> str:
    """Return a length of time in words: whole hours as hours, else minutes."""
    if minutes % _HOUR == 0:
        return format_unit(minutes // _HOUR, "duration-hour", locale=locale)
    return format_unit(minutes, "duration-minute", locale=locale)


def names(people: Sequence[str], locale: Locale, *, one_of: bool = False) -> Markup:
    """Return the names as a list, or as a choice; each keeps its own direction of writing."""
    style = "or" if one_of else "standard"
    return Markup(format_list([isolated(name) for name in people], style, locale))  # noqa: S704  # each part is escaped


def isolated(name: str) -> Markup:
    """Return a name that cannot turn the text around it (Unicode UAX #9)."""
    return Markup("<bdi>{}</bdi>").format(escape(name))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["bdi"] = isolated
    environment.filters["written"] = written
    environment.globals["asset"] = _asset  # pyright: ignore[reportArgumentType]  # any callable may be a global
    return environment


@cache
def _asset(name: str) -> str:
    """Return a file's address, another one when the file is another."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _here(request: Request, visit: Visit | None) -> Any:
    """Return what makes the address of this page in another language.

    What answers a form has no address; that of the booking it is about stands in for it.
    """
    url = request.url
    if visit is not None and request.method == "POST":
        url = url.replace(path=visit.path)

    def here(**changes: str) -> str:
        address = url.include_query_params(**changes)
        return f"{address.path}?{address.query}"

    return here
