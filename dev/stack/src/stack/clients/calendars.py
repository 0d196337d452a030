"""Fill the calendars of a CalDAV server on which each account's password is its name."""

import httpx

_NEW_CALENDAR = """\
<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:set><D:prop>
    <D:displayname>{name}</D:displayname>
    <C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
  </D:prop></D:set>
</C:mkcalendar>
"""


class CalendarClient:
    """Writes to the server at `url`."""

    def __init__(self, url: str) -> None:
        self.url = f"{url.rstrip('/')}/"

    async def make_calendar(self, account: str, path: str, *, name: str) -> None:
        """Make a calendar in an account; `path` is its last part."""
        body = _NEW_CALENDAR.format(name=name)
        await self._request("MKCALENDAR", account, f"{path}/", body)

    async def put_event(self, account: str, path: str, uid: str, event: str) -> None:
        """Write one calendar object (a whole VCALENDAR) into a calendar."""
        await self._request("PUT", account, f"{path}/{uid}.ics", event)

    async def _request(self, method: str, account: str, path: str, body: str) -> None:
        async with httpx.AsyncClient(
            auth=(account, account), timeout=10, trust_env=False
        ) as client:
            url = f"{self.url}{account}/{path}"
            answer = await client.request(
                method, url, content=body, headers={"Content-Type": "text/calendar"}
            )
            answer.raise_for_status()
