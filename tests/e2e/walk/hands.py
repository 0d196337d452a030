"""What owners do in their own calendar apps: an app changes only what it has just read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
from connector_lab.dav_server import TLS
from icalendar import Calendar
from meetings import Meeting, icalendar_of
from platforms import DavCalendar

OURS = "X-ENTENTE-BOOKING"


@dataclass(frozen=True)
class Opened:
    """An object as an app has it open; it is saved only if nobody changed it since."""

    path: str
    etag: str
    content: str

    @property
    def event(self) -> Any:
        (event,) = self.calendar.walk("VEVENT")
        return event

    @property
    def calendar(self) -> Any:
        return Calendar.from_ical(self.content)

    @property
    def booking(self) -> str:
        return str(self.event.get(OURS, ""))

    @property
    def is_meeting(self) -> bool:
        """Whether it stands for a booking that is agreed on."""
        return bool(self.booking) and self.event.get("STATUS") == "CONFIRMED"


@dataclass(frozen=True)
class Hands:
    """An owner's own app on one calendar."""

    diary: DavCalendar

    async def paths(self) -> list[str]:
        """Return where the objects of the calendar are, in order."""
        return sorted(entry.path for entry in await self.diary.entries(""))

    async def open(self, path: str) -> Opened | None:
        """Return an object, None if it is gone."""
        answer = await self._request("GET", path)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        return Opened(path, answer.raise_for_status().headers["ETag"], answer.text)

    async def move(self, opened: Opened, start: datetime) -> str:
        """Drag it to another time, aware."""
        calendar = opened.calendar
        (event,) = calendar.walk("VEVENT")
        length: timedelta = event.decoded("DTEND") - event.decoded("DTSTART")
        for name, value in (("DTSTART", start), ("DTEND", start + length)):
            del event[name]
            event.add(name, value.astimezone(UTC))
        return await self._save(opened, calendar)

    async def retitle(self, opened: Opened, title: str) -> str:
        """Change its title, which is nobody's business."""
        calendar = opened.calendar
        (event,) = calendar.walk("VEVENT")
        event["SUMMARY"] = title
        return await self._save(opened, calendar)

    async def delete(self, opened: Opened) -> str:
        """Delete it."""
        return _outcome(await self._request("DELETE", opened.path, if_match=opened.etag))

    async def add(self, meeting: Meeting) -> str:
        """Add a meeting of the owner's own."""
        path = f"{self.diary.path}{meeting.uid}.ics"
        return _outcome(await self._request("PUT", path, icalendar_of([meeting])))

    async def _save(self, opened: Opened, calendar: Any) -> str:
        content = bytes(calendar.to_ical())
        return _outcome(await self._request("PUT", opened.path, content, if_match=opened.etag))

    async def _request(
        self, method: str, path: str, content: bytes = b"", *, if_match: str | None = None
    ) -> httpx.Response:
        server = self.diary.server
        async with httpx.AsyncClient(auth=(server.username, server.password), verify=TLS) as client:
            return await client.request(
                method,
                server.url + path,
                content=content,
                headers={
                    "Content-Type": "text/calendar",
                    **({"If-Match": if_match} if if_match else {}),
                },
            )


def _outcome(answer: httpx.Response) -> str:
    if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED}:
        return "changed meanwhile"
    return str(answer.raise_for_status().status_code)
