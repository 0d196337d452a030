"""What tests need of a running system, wherever it runs."""

from collections.abc import Sequence
from typing import Protocol

import httpx
from journal.lab.wire import Wire
from people import Person
from stack import Stack


class System(Protocol):
    """The services behind their APIs, and the servers they work with.

    `stack` has at least PostgreSQL, with a database for each service, and the issuer.
    """

    @property
    def stack(self) -> Stack: ...

    @property
    def wire(self) -> Wire: ...

    @property
    def booking(self) -> httpx.AsyncClient: ...

    @property
    def link_key(self) -> str:
        """What the secrets of guest links are derived from."""
        ...

    async def person(
        self, subject: str, *, tenant: str, roles: Sequence[str] = ("owner",)
    ) -> Person:
        """Return somebody with a token of a tenant."""
        ...
