"""Fills a running system through the services' APIs: hosts, their calendars, meeting types."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from stack.errors import StackError
from stack.sample.calendars import ADAS, GRACES, calendar_of
from stack.sample.hosts import ADA, GRACE, TENANT, SampleHost
from stack.sample.meeting_types import SAMPLES
from stack.sample.site import Site

_PATIENCE_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Sample:
    """The ids of the sample hosts, by owner."""

    hosts: Mapping[str, str]


async def furnish(site: Site) -> Sample:
    """Give Ada a CalDAV calendar and Grace an ICS link; return when both can be booked."""
    today = datetime.now(UTC).date()
    await site.calendars.make_calendar(ADA.owner, "office", name="Office")
    for event in ADAS:
        content = calendar_of([event], ADA.timezone, today=today)
        await site.calendars.put_event(ADA.owner, "office", event.uid, content)
    link = site.links.publish("grace.ics", calendar_of(GRACES, GRACE.timezone, today=today))
    account = {
        "provider": "caldav",
        "url": f"{site.calendars.url}{ADA.owner}/",
        "username": ADA.owner,
        "password": ADA.owner,
    }

    hosts = {host.owner: await _add_host(site, host) for host in (ADA, GRACE)}
    await _connect(site, ADA, hosts[ADA.owner], account)
    await _connect(site, GRACE, hosts[GRACE.owner], {"provider": "ics", "url": link})
    await _add_meeting_types(site, hosts)
    await asyncio.gather(*(_bookable(site, kind.slug) for kind in SAMPLES))
    return Sample(hosts)


async def is_furnished(site: Site) -> bool:
    """Return whether the sample's meeting types are there; they are the last that is added."""
    async with _guest(site) as client:
        answers = [await _slots(client, kind.slug) for kind in SAMPLES]
    return all(answer.status_code != HTTPStatus.NOT_FOUND for answer in answers)


async def _add_host(site: Site, host: SampleHost) -> str:
    async with await _client(site, "booking", host.owner) as client:
        return str(_created(await client.post("/v1/hosts", json=host.body))["id"])


async def _connect(site: Site, host: SampleHost, host_id: str, account: Mapping[str, Any]) -> None:
    """Connect once the connector has heard of the host."""
    async with await _client(site, "connector", host.owner) as client, _patience():
        while True:
            answer = await client.post(f"/v1/hosts/{host_id}/connections", json=account)
            if answer.status_code != HTTPStatus.NOT_FOUND:
                break
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        _created(answer)


async def _add_meeting_types(site: Site, hosts: Mapping[str, str]) -> None:
    """Add them as an operator, who manages every host."""
    async with await _client(site, "booking", "operator", roles=("owner", "operator")) as client:
        for kind in SAMPLES:
            _created(await client.post("/v1/meeting-types", json=kind.body(hosts)))


async def _bookable(site: Site, slug: str) -> None:
    """Return once the calendars are read and a guest is offered times."""
    async with _guest(site) as client, _patience():
        while True:
            answer = await _slots(client, slug)
            if answer.is_success and answer.json():
                return
            await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _slots(client: httpx.AsyncClient, slug: str) -> httpx.Response:
    now = datetime.now(UTC)
    window = {"from": now.isoformat(), "to": (now + timedelta(days=14)).isoformat()}
    return await client.get(f"/v1/public/meeting-types/{slug}/slots", params=window)


def _guest(site: Site) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=site.services["booking"], timeout=10, trust_env=False)


async def _client(
    site: Site, service: str, subject: str, *, roles: tuple[str, ...] = ("owner",)
) -> httpx.AsyncClient:
    """Return a client that speaks for somebody of the sample's tenant."""
    token = await site.issuer.token(subject, tenant=TENANT, roles=roles)
    return httpx.AsyncClient(
        base_url=site.services[service],
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
        trust_env=False,
    )


def _patience() -> asyncio.Timeout:
    return asyncio.timeout(_PATIENCE_SECONDS)


def _created(answer: httpx.Response) -> Any:
    if answer.status_code != HTTPStatus.CREATED:
        raise StackError(f"the sample was refused at {answer.request.url.path}: {answer.text}")
    return answer.json()
