"""One calendar collection, and one name for each of its members however a server spells it."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, unquote_to_bytes

from connector.adapters.http.web_address import WebAddress
from connector.domain.source import FailureKind, SourceFailure

_SAFE = "-._~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection's address, its path ending in a slash."""

    address: WebAddress

    @classmethod
    def at(cls, address: WebAddress) -> Self:
        """Take the address of a collection, with or without its slash."""
        path = address.path
        return cls(address.with_path(path if path.endswith("/") else f"{path}/"))

    @classmethod
    def parse(cls, remote_id: str) -> Self:
        """Read a calendar's remote id: its URL."""
        return cls.at(WebAddress.parse(remote_id))

    @property
    def key(self) -> str:
        """The address in its one spelling, for comparing."""
        return self.address.origin + _canonical(self.address.path)

    def name_of(self, href: str) -> str:
        """Name a member by its path below the collection, percent-encoded in one way.

        Servers spell one resource differently from answer to answer (`a%40b.ics`, `a@b.ics`), and
        some name another host of theirs. The collection itself is the empty name. Raises
        `invalid_answer` for an href elsewhere: leaving it out would lose an event.
        """
        base = _canonical(self.address.path)
        path = _canonical(self.address.join(href).path)
        if path.startswith(base):
            return path.removeprefix(base)
        if f"{path}/" == base:
            return ""
        raise SourceFailure(FailureKind.INVALID_ANSWER, "member outside its collection")

    def address_of(self, name: str) -> WebAddress:
        """Address a member by the name that `name_of` gave; raises `gone` for any other text."""
        inside = name and not {".", ".."} & set(name.split("/"))
        if not inside or _canonical(name) != name:
            raise SourceFailure(FailureKind.GONE, "no member has such a name")
        return self.address.with_path(self.address.path + name)


def _canonical(path: str) -> str:
    return "/".join(quote(unquote_to_bytes(segment), safe=_SAFE) for segment in path.split("/"))
