"""One calendar's free/busy against the report of CalDAV servers (target 2).

They expand when they are asked; we do so when a calendar changes, at the cost that the suites
`expand` and `project` show.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
from availability_lab.facts import HostFacts, timed
from availability_lab.wire import open_wire
from connector.adapters.expansion.work import Task, make_picture
from connector.application.expander import Basis
from connector.domain.horizon import Horizon
from connector.domain.month import Month
from connector.domain.month_picture import BusyTime
from connector.domain.source import Resource
from connector_lab.dav_server import DavServer, radicale, xandikos
from connector_lab.sample_calendar import WINDOW, build_calendar
from messaging.settings import KafkaSettings
from stack.stack import Stack

from bench import availability_service, servers
from bench.asking import one_by_one
from bench.availability_service import Running
from bench.busy import Interval, instant, merged
from bench.free_busy import read_answer
from bench.http_client import connected
from bench.peers import recurring
from bench.population import DAY, TENANT, Population
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtLeast
from bench.waiting import until

_QUESTIONS = {Profile.SMOKE: 40, Profile.FULL: 200}
_REPORTS = {Profile.SMOKE: 1, Profile.FULL: 3}
_DAYS = 14
_VISIBLE_SECONDS = 60
_LONGEST_SECONDS = 60
_XML = {"Content-Type": "application/xml"}
_BEGIN, _END = b"BEGIN:VEVENT", b"END:VCALENDAR\r\n"
_LOOK_SECONDS = 0.02
_CLAIMED = "SELECT count(DISTINCT event_id) FROM inbox WHERE event_id = ANY ($1)"
_FIRST, _LAST = (int(bound.timestamp()) for bound in (WINDOW.start, WINDOW.end))
_PERIOD = re.compile(r"(\d{8}T\d{6}Z)/(\d{8}T\d{6}Z)")
_REPORT = """<?xml version="1.0" encoding="utf-8"?>
<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">
<C:time-range start="{:%Y%m%dT%H%M%SZ}" end="{:%Y%m%dT%H%M%SZ}"/></C:free-busy-query>"""

OURS = "availability over HTTP"
OURS_AGAIN = "availability over HTTP, again"
RADICALE = "Radicale's report"
XANDIKOS = "Xandikos's report"

Answer = Sequence[Sequence[Interval]]
"""When the calendar is busy in each window."""

Way = tuple[Callable[[Interval], Awaitable[Any]], Callable[[Interval, Any], Sequence[Interval]]]
"""How a window is asked about, which is timed, and how the answer is read, which is not."""


@asynccontextmanager
async def opened(
    stack: Stack, profile: Profile
) -> AsyncGenerator[Sequence[Suite[Interval, Answer]]]:
    """Yield the suite; all have the calendar that expansion is measured on."""
    content = _undisputed(build_calendar())
    truth = recurring.expand(content, (_FIRST, _LAST))
    questions = _QUESTIONS[profile]
    share = _REPORTS[profile] / questions

    def draw(random: Random) -> Sequence[Interval]:
        starts = (_FIRST + random.randrange(_LAST - _FIRST - _DAYS * DAY) for _ in range(questions))
        return [(start, start + _DAYS * DAY) for start in starts]

    def gate(items: Sequence[Interval], answer: Answer) -> None:
        for window, found in zip(items, answer, strict=True):
            if found != (expected := merged(truth, window)):
                raise WrongAnswerError(f"{len(found)} intervals, should be {len(expected)}")

    async with AsyncExitStack() as parts:
        population = Population.around_now(hosts=0, rows=0)
        service = await parts.enter_async_context(availability_service.running(stack, population))
        host = await _project(service, content, servers.kafka_settings(stack.kafka))
        reports: dict[str, Arm[Interval, Answer]] = {}
        for name, peer, store in _PEERS[profile]:
            folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
            server = await parts.enter_async_context(peer(folder))
            path = f"{server.home}bench/"
            await store(server, content, path)
            reports[name] = _arm(name, partial(_report, server, path), share)
        yield [
            Suite(
                name="free/busy, CalDAV",
                arms=[
                    _arm(OURS, partial(_ours, service, host)),
                    _arm(OURS_AGAIN, partial(_ours, service, host)),
                    *reports.values(),
                ],
                control=(OURS, OURS_AGAIN),
                comparisons=[Comparison(OURS, peer, _TARGETS[peer]) for peer in reports],
                draw=draw,
                gate=gate,
            )
        ]


def _arm(
    name: str, way: Callable[[], AbstractAsyncContextManager[Way]], share: float = 1.0
) -> Arm[Interval, Answer]:
    async def measure(items: Sequence[Interval]) -> Measurement[Answer]:
        async with way() as (ask, read):
            seconds, answers = await one_by_one(items, ask)
        return Measurement(seconds, [read(w, a) for w, a in zip(items, answers, strict=True)])

    return Arm(name, measure, share)


@asynccontextmanager
async def _ours(service: Running, host_id: UUID) -> AsyncGenerator[Way]:
    async with connected(service.service.url, service.headers) as client:

        async def ask(window: Interval) -> bytes:
            begin, end = (instant(seconds).isoformat() for seconds in window)
            body = {"hosts": [str(host_id)], "from": begin, "to": end}
            return await client.send(client.request("/v1/free-busy", body))

        def read(window: Interval, body: bytes) -> Sequence[Interval]:
            return read_answer(window, body)[host_id]

        yield ask, read


@asynccontextmanager
async def _report(server: DavServer, path: str) -> AsyncGenerator[Way]:
    async with _client(server) as client:

        async def ask(window: Interval) -> str:
            report = _REPORT.format(*map(instant, window))
            return (
                (await client.request("REPORT", path, content=report, headers=_XML))
                .raise_for_status()
                .text
            )

        yield ask, _read_periods


def _read_periods(window: Interval, answer: str) -> list[Interval]:
    periods = _PERIOD.findall(answer.replace("\r\n ", ""))
    return merged([(_seconds(start), _seconds(end)) for start, end in periods], window)


def _seconds(text: str) -> int:
    return int(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())


async def _store_whole(server: DavServer, content: bytes, path: str) -> None:
    """Store all at once: Radicale makes resources of it."""
    async with _client(server) as client:
        (await client.put(path, content=content)).raise_for_status()


async def _store_each(server: DavServer, content: bytes, path: str) -> None:
    """Store each event in a resource of its own (RFC 4791 §4.1)."""
    async with _client(server) as client:
        (await client.request("MKCALENDAR", path)).raise_for_status()
        for number, resource in enumerate(_resources(content)):
            (await client.put(f"{path}{number}.ics", content=resource)).raise_for_status()


def _resources(content: bytes) -> Iterator[bytes]:
    head, *events = content.removesuffix(_END).split(_BEGIN)
    return (head + _BEGIN + event + _END for event in events)


def _client(server: DavServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=server.url,
        auth=(server.username, server.password),
        headers={"Depth": "1"},
        timeout=_LONGEST_SECONDS,
        trust_env=False,
    )


def _undisputed(content: bytes) -> bytes:
    """Leave overrides out: of those that override nothing, servers think differently."""
    head, *events = content.removesuffix(_END).split(_BEGIN)
    kept = (_BEGIN + event for event in events if b"\r\nRECURRENCE-ID" not in event)
    return head + b"".join(kept) + _END


async def _project(service: Running, content: bytes, kafka: KafkaSettings) -> UUID:
    """Bring the calendar to availability as the connector does; return its host once it is seen."""
    task = Task(
        resources=(Resource(content=content, media_type="text/calendar"),),
        basis=Basis(
            tenant_id=TENANT,
            horizon=Horizon(Month.holding(WINDOW.start), Month.holding(WINDOW.end)),
            owner_address="",
            default_zone="Europe/Paris",
            key="",
        ),
        tenant_key=b"bench",
    )
    host = HostFacts(TENANT)
    calendar = host.calendar()
    months = [
        calendar.picture(
            str(month.month),
            *(
                timed(one.start, one.end, name=one.id)
                for one in month.busy
                if isinstance(one, BusyTime)
            ),
        )
        for month in make_picture(task).months
    ]
    async with open_wire(kafka) as wire, servers.connection(service.postgres) as connection:
        ids = await wire.publish(host.changed(), calendar.connected(), *months)

        async def all_claimed() -> bool:
            return bool(await connection.fetchval(_CLAIMED, ids) == len(ids))

        async with asyncio.timeout(_VISIBLE_SECONDS):
            await until(all_claimed, every=_LOOK_SECONDS)
    return host.host_id


_PEERS = {
    Profile.SMOKE: [(RADICALE, radicale, _store_whole)],  # filling the other takes a minute
    Profile.FULL: [(RADICALE, radicale, _store_whole), (XANDIKOS, xandikos, _store_each)],
}
_TARGETS = {RADICALE: AtLeast(300, 600), XANDIKOS: AtLeast(100, 200)}
