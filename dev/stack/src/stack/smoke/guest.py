"""Somebody who books with a browser that has no JavaScript."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx
from bs4 import BeautifulSoup, Tag

from stack.smoke.failure import SmokeError


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was answered; `address` is where redirects led."""

    address: str
    content: BeautifulSoup

    @property
    def heading(self) -> str:
        """What its first heading says."""
        heading = self.content.select_one("h1")
        return heading.get_text(" ", strip=True) if heading else ""

    @property
    def text(self) -> str:
        """All that it says."""
        return self.content.get_text(" ", strip=True)

    def links(self, selector: str) -> list[str]:
        """Return where the links lead that a CSS selector finds."""
        return [str(link["href"]) for link in self.content.select(selector)]

    def form(self) -> tuple[str, dict[str, str]]:
        """Return where the page's form is sent and what it is filled with already."""
        form = self.content.select_one('form[method="post"]')
        if form is None:
            raise SmokeError(f"there is nothing to send on the page {self.heading!r}")
        return str(form["action"]), dict(map(_field, form.select("[name]")))


def _field(tag: Tag) -> tuple[str, str]:
    if tag.name == "select":
        chosen = tag.select_one("option[selected]")
        return str(tag["name"]), str(chosen["value"]) if chosen else ""
    value = tag.get_text() if tag.name == "textarea" else str(tag.get("value", ""))
    return str(tag["name"]), value


class Guest(AbstractAsyncContextManager["Guest"]):
    """Opens pages and sends their forms."""

    def __init__(self, site: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=site,
            follow_redirects=True,
            timeout=30,
            trust_env=False,
            headers={"Accept-Language": "en", "Sec-Fetch-Site": "same-origin"},
        )

    async def __aenter__(self) -> Self:
        """Begin."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._client.__aexit__(kind, error, traceback)

    async def open(self, address: str) -> Page:
        """Open a page."""
        return _page(await self._client.get(address))

    async def send(self, page: Page, filled: Mapping[str, str] | None = None) -> Page:
        """Send the page's form with some fields filled in; return the page that follows."""
        action, fields = page.form()
        return _page(await self._client.post(action, data={**fields, **(filled or {})}))


def _page(answer: httpx.Response) -> Page:
    content = BeautifulSoup(answer.text, "html.parser")
    page = Page(str(answer.url), content)
    if not answer.is_success:
        raise SmokeError(f"{answer.status_code} with {page.heading!r} at {answer.url.path}")
    return page
