"""Spans that are sent to Zipkin can be looked at."""

import shutil
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from stack import Stack, StackSettings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not shutil.which("mvn"), reason="Zipkin needs Java and mvn"),
]

StartStack = Callable[[StackSettings], Awaitable[Stack]]


async def test_a_span_is_found_under_its_service(private_stack: StartStack) -> None:
    stack = await private_stack(StackSettings(postgres=False, kafka=False, traces=True))
    zipkin = await stack.start_zipkin()
    span = {
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "id": "00f067aa0ba902b7",
        "name": "confirm",
        "timestamp": time.time_ns() // 1000,
        "duration": 10,
        "localEndpoint": {"serviceName": "booking"},
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(zipkin.spans_url, json=[span])).status_code == 202
        trace = zipkin.spans_url.replace("spans", f"trace/{span['traceId']}")
        (found,) = (await client.get(trace)).raise_for_status().json()
        page = await client.get(zipkin.page_url)
    assert found["name"] == "confirm"
    assert page.is_success
