"""Reading a 207 Multi-Status answer (RFC 4918 §13)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from connector.adapters.caldav.xml import DAV, parse, text_of
from connector.domain.source import FailureKind, SourceFailure

_STATUS = re.compile(r"HTTP/\S+\s+(\d{3})(?!\d)")


@dataclass(frozen=True, slots=True)
class DavResponse:
    """What the server says of one resource.

    `status` is that of the whole resource, None where properties have theirs; `properties` are
    those that were found (2xx).
    """

    href: str
    status: int | None
    properties: Mapping[str, Element]

    def text(self, name: str) -> str | None:
        """Give a property's text; None when it is absent or empty."""
        return text_of(self.properties.get(name))

    def hrefs(self, name: str) -> list[str]:
        """Give the hrefs inside a property."""
        holder = self.properties.get(name)
        found = holder.iterfind(f"{DAV}href") if holder is not None else ()
        return [href for href in map(text_of, found) if href]

    def tags(self, name: str) -> frozenset[str]:
        """Give the names of a property's children, as `resourcetype` has them."""
        holder = self.properties.get(name)
        return frozenset(child.tag for child in holder) if holder is not None else frozenset()


@dataclass(frozen=True, slots=True)
class Multistatus:
    """All that one answer says; `sync_token` only after a sync-collection REPORT (RFC 6578)."""

    responses: tuple[DavResponse, ...]
    sync_token: str | None


def parse_multistatus(body: bytes) -> Multistatus:
    """Read the body; raises `invalid_answer` when it is something else."""
    root = parse(body)
    if root.tag != f"{DAV}multistatus":
        raise _invalid("answer is not a multistatus")
    responses = [
        response for found in root.iterfind(f"{DAV}response") for response in _responses(found)
    ]
    return Multistatus(tuple(responses), text_of(root.find(f"{DAV}sync-token")))


def _responses(found: Element) -> list[DavResponse]:
    """Read one response element; with a status of its own it may speak of several resources."""
    hrefs = [href for href in map(text_of, found.iterfind(f"{DAV}href")) if href]
    if not hrefs:
        raise _invalid("response without href")
    whole = found.find(f"{DAV}status")
    status = None if whole is None else _status(whole)
    properties = {
        child.tag: child
        for propstat in found.iterfind(f"{DAV}propstat")
        if _status(propstat.find(f"{DAV}status")) // 100 == 2  # noqa: PLR2004 - the 2xx class
        for prop in propstat.iterfind(f"{DAV}prop")
        for child in prop
    }
    return [DavResponse(href, status, properties) for href in hrefs]


def _status(found: Element | None) -> int:
    line = _STATUS.match(text_of(found) or "")
    if line is None:
        raise _invalid("status without number")
    return int(line[1])


def _invalid(detail: str) -> SourceFailure:
    return SourceFailure(FailureKind.INVALID_ANSWER, detail)
