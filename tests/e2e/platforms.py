"""Calendars on other platforms: `hold` makes one hold these meetings and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from connector_lab.dav_server import DavServer
from connector_lab.fault_server import FaultServer, Reply, reply
from defusedxml import ElementTree
from icalendar import Calendar
from meetings import Meeting, icalendar_of, spans_of
from people import Host

SECRET = "canary-in-a-coal-mine"  # noqa: S105 - every link holds it; nothing of Entente may show it


_NEW_CALENDAR = """\
<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:set><D:prop><D:displayname>{name}</D:displayname></D:prop></D:set>
</C:mkcalendar>
"""


_DAV, _CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_ALL_EVENTS = b"""\
<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><C:calendar-data/></D:prop>
  <C:filter><C:comp-filter name="VCALENDAR"/></C:filter>
</C:calendar-query>
"""


class ConnectedCalendar(Protocol):
    """A calendar of a host, under the id that Entente gave it."""

    @property
    def id(self) -> str: ...

    async def hold(self, *meetings: Meeting) -> None: ...


@dataclass(frozen=True)
class Entry:
    """An entry of ours in a calendar, as any client sees it; `start` is aware."""

    path: str
    uid: str
    start: datetime
    sequence: int
    status: str
    content: str


@dataclass
class DavCalendar:
    """A calendar on a CalDAV server, changed as any other client of its owner would."""

    id: str
    server: DavServer
    path: str
    _held: set[str] = field(default_factory=set[str])

    async def hold(self, *meetings: Meeting) -> None:
        for meeting in meetings:
            await self.server.request("PUT", self._object(meeting.uid), icalendar_of([meeting]))
        wanted = {meeting.uid for meeting in meetings}
        for uid in self._held - wanted:
            await self.server.request("DELETE", self._object(uid))
        self._held = wanted

    async def entries(self, booking_id: str) -> list[Entry]:
        """Return the entries of a booking."""
        return [entry for entry in await self._everything() if booking_id in entry.content]

    async def move(self, entry: Entry, start: datetime) -> None:
        """Move an entry as its owner would, in an app that knows nothing of us."""
        calendar: Any = Calendar.from_ical(entry.content)
        (event,) = calendar.walk("VEVENT")
        length = event.decoded("DTEND") - event.decoded("DTSTART")
        for name, value in (("DTSTART", start), ("DTEND", start + length)):
            del event[name]
            event.add(name, value.astimezone(UTC))
        await self.server.request("PUT", entry.path, bytes(calendar.to_ical()))

    async def delete(self, entry: Entry) -> None:
        """Delete an entry as its owner would."""
        await self.server.request("DELETE", entry.path)

    async def _everything(self) -> list[Entry]:
        answer = await self.server.request("REPORT", self.path, _ALL_EVENTS)
        found: list[Entry] = []
        for response in ElementTree.fromstring(answer.content).iter(f"{_DAV}response"):
            content = response.findtext(f".//{_CALDAV}calendar-data") or ""
            calendar: Any = Calendar.from_ical(content)
            event = calendar.walk("VEVENT")[0]
            found.append(
                Entry(
                    path=str(response.findtext(f"{_DAV}href")),
                    uid=str(event["UID"]),
                    start=event.decoded("DTSTART"),
                    sequence=int(event.get("SEQUENCE", 0)),
                    status=str(event.get("STATUS", "")),
                    content=content,
                )
            )
        return found

    def _object(self, uid: str) -> str:
        return f"{self.path}{uid}.ics"


@dataclass
class Link:
    """A read-only calendar behind a secret address."""

    id: str
    web: FaultServer
    target: str

    async def hold(self, *meetings: Meeting) -> None:
        self.answer(reply(icalendar_of(meetings)))

    def answer(self, *replies: Reply) -> None:
        """Answer with something else; the last reply stays."""
        self.web.answers(self.target, *replies)


@dataclass
class InHouseCalendar:
    """A system of the tenant's own, which expands its meetings itself and pushes them."""

    id: str
    host: Host
    _sequence: int = 0

    async def hold(self, *meetings: Meeting) -> None:
        self._sequence += 1
        today = datetime.now(UTC).date()
        spans = [
            (f"{meeting.uid}-{number}", start, end)
            for meeting in meetings
            for number, (start, end) in enumerate(spans_of([meeting]))
        ]
        statement = {
            "sequence": self._sequence,
            "window": {"first_date": f"{today}", "end_date": f"{today + timedelta(days=90)}"},
            "busy": [
                {"uid": uid, "start": start.isoformat(), "end": end.isoformat()}
                for uid, start, end in spans
            ],
        }
        await self.host.tell("PUT", f"/v1/sources/{self.id}/busy", statement)


async def connect_caldav(
    host: Host, server: DavServer, *, seen_at: str | None = None
) -> DavCalendar:
    """Make a calendar on a server, and connect that one of the account's.

    `seen_at` is where the connector finds the server, if not where tests do.
    """
    name = uuid4().hex
    path = f"{server.home}{name}/"
    await server.request("MKCALENDAR", path, _NEW_CALENDAR.format(name=name).encode())
    account = {
        "provider": "caldav",
        "url": (seen_at or server.url) + path,
        "username": server.username,
        "password": server.password,
    }
    connection = await host.connect(account)
    (chosen,) = (one["id"] for one in connection["calendars"] if one["name"] == name)
    await host.tell(
        "PUT", f"/v1/connections/{connection['id']}/calendars", {"calendar_ids": [chosen]}
    )
    return DavCalendar(chosen, server, path)


async def connect_link(host: Host, web: FaultServer, *meetings: Meeting) -> Link:
    """Publish a calendar behind a link and connect it."""
    target = f"/{uuid4().hex}?CacheKey={SECRET}&PassphraseKey={SECRET}"
    web.answers(target, reply(icalendar_of(meetings)))
    return Link(_only_calendar(await host.connect(link_account(web, target))), web, target)


async def connect_in_house(host: Host) -> InHouseCalendar:
    """Connect a system that pushes its busy time."""
    connection = await host.connect({"provider": "inhouse", "name": "Shifts"})
    return InHouseCalendar(_only_calendar(connection), host)


def _only_calendar(connection: Any) -> str:
    (calendar,) = connection["calendars"]
    return str(calendar["id"])


def link_account(web: FaultServer, target: str) -> Mapping[str, str]:
    """Return what the owner of a link gives to connect it."""
    return {"provider": "ics", "url": f"http://{web.authority}{target}"}
