"""Fills a running stack through the services' APIs: hosts, their calendars, meeting types."""

import asyncio
import json
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
from stack.stack import Stack

_PATIENCE_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Sample:
    """The ids of the sample hosts, by owner."""

    hosts: Mapping[str, str]


async def furnish(stack: Stack) -> Sample:
    """Give Ada a CalDAV calendar and Grace an ICS link; return when both can be booked."""
    today = datetime.now(UTC).date()
    await stack.radicale.make_calendar(ADA.owner, "office", name="Office")
    for event in ADAS:
        content = calendar_of([event], ADA.timezone, today=today)
        await stack.radicale.put_event(ADA.owner, "office", event.uid, content)
    link = stack.feed.publish("grace.ics", calendar_of(GRACES, GRACE.timezone, today=today))
    account = {
        "provider": "caldav",
        "url": f"{stack.radicale.url}{ADA.owner}/",
        "username": ADA.owner,
        "password": ADA.owner,
    }

    hosts = {host.owner: await _add_host(stack, host) for host in (ADA, GRACE)}
    await _connect(stack, ADA, hosts[ADA.owner], account)
    await _connect(stack, GRACE, hosts[GRACE.owner], {"provider": "ics", "url": link})
    await _add_meeting_types(stack, hosts)
    await asyncio.gather(*(_bookable(stack, kind.slug) for kind in SAMPLES))
    return Sample(hosts)


async def _add_host(stack: Stack, host: SampleHost) -> str:
    async with await _client(stack, "booking", host.owner) as client:
        return str(_created(await client.post("/v1/hosts", json=host.body))["id"])


async def _connect(
    stack: Stack, host: SampleHost, host_id: str, account: Mapping[str, Any]
) -> None:
    """Connect once the connector has heard of the host."""
    async with await _client(stack, "connector", host.owner) as client, _patience():
        while True:
            answer = await client.post(f"/v1/hosts/{host_id}/connections", json=account)
            if answer.status_code != HTTPStatus.NOT_FOUND:
                break
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        _created(answer)


async def _add_meeting_types(stack: Stack, hosts: Mapping[str, str]) -> None:
    """Add them as an operator, who manages every host."""
    async with await _client(stack, "booking", "operator", roles=("owner", "operator")) as client:
        for kind in SAMPLES:
            _created(await client.post("/v1/meeting-types", json=kind.body(hosts)))


async def _bookable(stack: Stack, slug: str) -> None:
    """Return once the calendars are read and a guest is offered times."""
    now = datetime.now(UTC)
    window = {"from": now.isoformat(), "to": (now + timedelta(days=14)).isoformat()}
    path = f"/v1/public/meeting-types/{slug}/slots"
    url = stack.services["booking"].url
    async with httpx.AsyncClient(base_url=url, timeout=10, trust_env=False) as client, _patience():
        while True:
            answer = await client.get(path, params=window)
            if answer.is_success and answer.json():
                return
            await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _client(
    stack: Stack, service: str, subject: str, *, roles: tuple[str, ...] = ("owner",)
) -> httpx.AsyncClient:
    """Return a client that speaks for somebody of the sample's tenant."""
    token = await stack.issuer.token(subject, tenant=TENANT, roles=roles)
    return httpx.AsyncClient(
        base_url=stack.services[service].url,
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


def pages(stack: Stack) -> Mapping[str, str]:
    """Return where guests book, by what they book."""
    base = stack.services["booking"].url
    return {kind.summary: f"{base}/m/{kind.slug}" for kind in SAMPLES}


def first_question(stack: Stack, sample: Sample) -> str:
    """Return a shell command that asks when both sample hosts are free tomorrow."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    body = {
        "hosts": list(sample.hosts.values()),
        "from": f"{tomorrow}T00:00:00Z",
        "to": f"{tomorrow + timedelta(days=7)}T00:00:00Z",
    }
    return f"""
When are Ada and Grace busy in the seven days from tomorrow?

  TOKEN=$(curl -s {stack.issuer.url}/token -d subject=ada -d tenant={TENANT} -d roles=owner \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
  curl -s {stack.services["availability"].url}/v1/free-busy -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{json.dumps(body)}'
"""
