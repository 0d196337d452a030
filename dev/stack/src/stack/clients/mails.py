"""Read what the mail catcher has caught."""

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

import httpx


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail as it came in: the envelope's addresses, and the message but for its last line end."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailClient:
    """Asks MailDump, whose page is at `page_url`."""

    def __init__(self, page_url: str) -> None:
        self.page_url = f"{page_url.rstrip('/')}/"

    async def messages(self, *recipients: str) -> list[CaughtMail]:
        """Return every mail caught so far, to one of these recipients if any, oldest first."""
        async with self._client() as client:
            listed = (await client.get("messages/")).raise_for_status().json()["messages"]
            return [
                await _read(client, entry)
                for entry in sorted(listed, key=_by_id)
                if not recipients or set(recipients).intersection(entry["recipients"]["to"])
            ]

    async def clear(self) -> None:
        """Forget all mail."""
        async with self._client() as client:
            (await client.delete("messages/")).raise_for_status()

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.page_url, timeout=10, trust_env=False)


def _by_id(entry: Mapping[str, int]) -> int:
    return entry["id"]


async def _read(client: httpx.AsyncClient, entry: Mapping[str, object]) -> CaughtMail:
    full = (await client.get(f"messages/{entry['id']}.json")).raise_for_status().json()
    source = (await client.get(f"messages/{entry['id']}.eml")).raise_for_status().content
    return CaughtMail(
        sender=full["sender"],
        recipients=tuple(full["recipients"]["to"]),
        message=message_from_bytes(source, policy=modern),
    )
