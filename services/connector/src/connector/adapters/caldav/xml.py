"""WebDAV's XML: the names used, a hardened reader, a writer."""

from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
    tostring,
)

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from connector.domain.source import FailureKind, SourceFailure

MAX_ELEMENTS = 500_000
MAX_DEPTH = 32

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
CALENDAR_SERVER = "{http://calendarserver.org/ns/}"
APPLE = "{http://apple.com/ns/ical/}"


class _BoundedTree(TreeBuilder):
    """Builds a tree, but not one that is too deep or too wide."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = 0
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise SourceFailure(FailureKind.TOO_LARGE, "XML answer too deep or too wide")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(body: bytes) -> Element:
    """Read an answer's root element; a DTD is refused, so entities cannot exist.

    Raises `invalid_answer` or `too_large`.
    """
    parser = DefusedXMLParser(target=_BoundedTree(), forbid_dtd=True)
    try:
        parser.feed(body)
        return parser.close()
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        raise SourceFailure(FailureKind.INVALID_ANSWER, "answer is not sound XML") from None


def element(tag: str, *children: Element | str, **attributes: str) -> Element:
    """Make an element of elements and text."""
    made = Element(tag, attributes)
    for child in children:
        if isinstance(child, str):
            made.text = child
        else:
            made.append(child)
    return made


def write(root: Element) -> bytes:
    """Spell a request body."""
    return tostring(root, encoding="utf-8", xml_declaration=True)


def text_of(found: Element | None) -> str | None:
    """Give an element's text without surrounding space; None when there is none."""
    text = (found.text or "").strip() if found is not None else ""
    return text or None
