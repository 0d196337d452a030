"""What a guest fills in."""

import hashlib
from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from booking.domain.parties import Guest
from booking.entrypoints.http.models import Address, Line, Note
from booking.entrypoints.http.receipts import Receipts
from booking.entrypoints.pages.forms import Fields
from booking.entrypoints.pages.language import language_of
from booking.entrypoints.pages.reader import Reader
from booking.entrypoints.pages.zones import zone_chosen

_MOST_KEY = 64


class _Rules(BaseModel):
    name: Line
    address: Address
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestForm:
    """A filled-in form, or an empty one with a new key.

    `key` is the form's idempotency key: sent twice, it books once. `trap` is a field that people
    do not see; programs fill it in. `faults` are the names of the fields that cannot be taken.
    """

    name: str = ""
    address: str = ""
    note: str = ""
    zone: str
    lang: str
    key: str = field(default_factory=lambda: uuid4().hex)
    trap: str = ""

    @classmethod
    def empty(cls, reader: Reader) -> Self:
        """Return the form as a reader first sees it."""
        return cls(zone=reader.zone.key, lang=reader.language.code)

    @classmethod
    def filled(cls, fields: Fields) -> Self:
        """Return the form as it was sent."""
        return cls(
            name=fields.one("name"),
            address=fields.one("address"),
            note=fields.one("note"),
            zone=fields.one("zone"),
            lang=fields.one("lang"),
            key=fields.one("key")[:_MOST_KEY],
            trap=fields.one("website"),
        )

    @property
    def faults(self) -> frozenset[str]:
        """The fields that have to be mended."""
        found: set[str] = set()
        try:
            _Rules(name=self.name, address=self.address, note=self.note)
        except ValidationError as error:
            found.update(str(fault["loc"][0]) for fault in error.errors())
        if zone_chosen(self.zone) is None:
            found.add("zone")
        if language_of(self.lang) is None:
            found.add("lang")
        if self.trap or not self.key:
            found.add("form")
        return frozenset(found)

    def guest(self, reader: Reader) -> Guest:
        """Return the guest; the region of the reader's own language is kept."""
        same = self.lang == reader.language.code
        return Guest(
            name=self.name,
            address=self.address,
            timezone=self.zone,
            locale=reader.language.tag if same else self.lang,
        )

    def receipts(self, *asked: str) -> Receipts:
        """Return the receipts of this form, sent to ask for `asked`."""
        told = (*asked, self.name, self.address, self.note, self.zone, self.lang)
        return Receipts(self.key, hashlib.sha256("\0".join(told).encode()).digest())
