"""Who can be booked on the cluster, and how all that was booked is judged."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bookable import Offer, available, new_host, offer
from connector_lab.dav_server import DavServer
from journal.lab.eventually import eventually
from platforms import connect_caldav
from release import Release
from walk.checker import differences, report
from walk.facts import Facts
from walk.gather import dead_letters
from walk.gather_bookings import claims, rows, told
from walk.gather_entries import entries, said_of_entries
from walk.gather_mails import ledger, mails, notices
from walk.history import Asked
from walk.quiet import unrest
from walk.stage import Diary

_ZONE = "Europe/Paris"
_HORIZON = timedelta(days=60)
_PATIENCE_SECONDS = 180.0
_SETTLED_SECONDS = 3.0


@dataclass
class Stage:
    """Hosts with a CalDAV calendar each, what they offer, and what guests were answered."""

    release: Release
    diaries: Sequence[Diary]
    offers: Sequence[Offer]
    asked: list[Asked] = field(default_factory=list[Asked])
    kills: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])

    async def tells_one_story(self) -> None:
        """Wait until nothing moves, and require that all that can be seen agrees.

        Each booking's events in order and without repetition, each mail that is owed once, an
        entry in the calendar for each that stands, no time claimed twice, no dead letter.
        """
        await self._becomes_quiet()
        facts = await self._facts()
        found = differences(facts)
        assert not found, report(found, facts)

    async def _becomes_quiet(self) -> None:
        while True:
            await eventually(
                lambda: unrest(self.release), lambda seen: not seen, within=_PATIENCE_SECONDS
            )
            await self._are_read(since=datetime.now(UTC))
            await asyncio.sleep(_SETTLED_SECONDS)
            if not await unrest(self.release):
                return

    async def _are_read(self, *, since: datetime) -> None:
        for diary in self.diaries:
            await diary.host.source_becomes(
                diary.calendar.id,
                lambda source: source["as_of"] and datetime.fromisoformat(source["as_of"]) > since,
            )

    async def _facts(self) -> Facts:
        begin = datetime.now(UTC)
        hosts = [diary.host for diary in self.diaries]
        return Facts(
            rows=await rows(self.release),
            claims=await claims(self.release),
            told=await told(self.release),
            writable={UUID(diary.calendar.id): diary.host.id for diary in self.diaries},
            entries=await entries(self.diaries),
            foreign={},
            mails=mails(self.release.servers.post),
            notices=await notices(self.release),
            ledger=await ledger(self.release),
            busy={h.id: await h.busy(begin, begin + _HORIZON) or () for h in hosts},
            asked=self.asked,
            kills=self.kills,
            said_of_entries=await said_of_entries(self.release),
            dead_letters=await dead_letters(self.release),
        )


async def set_stage(release: Release) -> Stage:
    """Return when three hosts can be booked."""
    radicale = release.stack.radicale
    port = int(radicale.authority.rpartition(":")[2])
    server = DavServer(port, "/ada/", username="ada", password="ada")  # noqa: S106 - of this run
    diaries: list[Diary] = []
    offers: list[Offer] = []
    for _ in range(3):
        host = await new_host(release, _ZONE, tenant="cluster")
        calendar = await connect_caldav(host, server, seen_at=f"http://{radicale.outside}")
        diaries.append(Diary(host, calendar))
        offered = await offer(
            release, [host], reminders=[], minimum_notice_minutes=0, horizon_days=_HORIZON.days
        )
        offers.append(await available(offered))
    return Stage(release, diaries, offers)
