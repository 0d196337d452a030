"""Who reads a page: in which language and on which clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request

from booking.entrypoints.pages.language import CODES, Language, choose_language
from booking.entrypoints.pages.moments import WallClock
from booking.entrypoints.pages.zones import zone_chosen


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader. `chosen` is what was chosen on a page and goes along with every link."""

    language: Language
    zone: ZoneInfo
    chosen: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def clock(self) -> WallClock:
        """The reader's clock."""
        return WallClock(self.zone, self.language.locale)

    def url(self, path: str, **query: Any) -> str:
        """Return a link of this site that keeps what was chosen; None leaves a value out."""
        values = {k: v for k, v in {**self.chosen, **query}.items() if v is not None}
        return f"{path}?{urlencode(values, doseq=True)}" if values else path


def reader_of(request: Request, *, zone: str = "UTC", locale: str | None = None) -> Reader:
    """Return the reader of a request.

    `?lang` and `?zone` decide; else `locale` and the browser's languages, and `zone`.
    """
    lang, named = request.query_params.get("lang"), request.query_params.get("zone")
    known_zone = zone_chosen(named)
    chosen: dict[str, str] = {}
    if lang in CODES:
        chosen["lang"] = lang
    if known_zone is not None:
        chosen["zone"] = known_zone.key
    return Reader(
        choose_language(lang, locale, accepted=request.headers.get("accept-language")),
        known_zone or zone_chosen(zone) or ZoneInfo("UTC"),
        chosen,
    )
