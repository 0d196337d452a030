"""Fills a running stack: hosts announced, calendars written, connected through the API."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from stack.errors import StackError
from stack.sample.calendars import ADAS, GRACES, calendar_of
from stack.sample.hosts import ADA, GRACE, TENANT, SampleHost, announce
from stack.stack import Stack

_PATIENCE_SECONDS = 30.0


async def furnish(stack: Stack) -> None:
    """Give Ada a CalDAV calendar and Grace an ICS link, and connect both."""
    today = datetime.now(UTC).date()
    await announce(stack.kafka.bootstrap_servers, ADA, GRACE)

    await stack.radicale.make_calendar(ADA.owner, "work", name="Work")
    for event in ADAS:
        content = calendar_of([event], ADA.timezone, today=today)
        await stack.radicale.put_event(ADA.owner, "work", event.uid, content)
    link = stack.feed.publish("grace.ics", calendar_of(GRACES, GRACE.timezone, today=today))

    await _connect(
        stack,
        ADA,
        {
            "provider": "caldav",
            "url": f"{stack.radicale.url}{ADA.owner}/",
            "username": ADA.owner,
            "password": ADA.owner,
        },
    )
    await _connect(stack, GRACE, {"provider": "ics", "url": link})


async def _connect(stack: Stack, host: SampleHost, account: Mapping[str, Any]) -> None:
    """Connect once the connector has heard of the host."""
    token = await stack.issuer.token(host.owner, tenant=TENANT)
    async with httpx.AsyncClient(
        base_url=stack.services["connector"].url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=_PATIENCE_SECONDS,
        trust_env=False,
    ) as client:
        deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while True:
            answer = await client.post(f"/v1/hosts/{host.host_id}/connections", json=account)
            if answer.status_code == HTTPStatus.CREATED:
                return
            unheard_of = answer.status_code == HTTPStatus.NOT_FOUND
            if not unheard_of or asyncio.get_running_loop().time() > deadline:
                raise StackError(f"{host.name}'s calendar could not be connected: {answer.text}")
            await asyncio.sleep(0.3)


def first_question(stack: Stack) -> str:
    """Return a shell command that asks when both sample hosts are free tomorrow."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    body = {
        "hosts": [str(ADA.host_id), str(GRACE.host_id)],
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
