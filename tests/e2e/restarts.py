"""Services that run with other settings for a while, or die at a named place and come back."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx
import pytest
from entente import Entente
from journal.lab.eventually import eventually
from journal.lab.fleet import SESSION_SECONDS
from stack.errors import StartFailed
from stack.service import Service

T = TypeVar("T")

_PATIENCE_SECONDS = 90.0


def _static_member(name: str) -> dict[str, str]:
    """Who comes back under its id within the session has its partitions at once (KIP-345)."""
    kafka = f"{name.upper()}__KAFKA__"
    return {f"{kafka}GROUP_INSTANCE_ID": f"{name}-0", f"{kafka}SESSION_TIMEOUT_SECONDS": "60"}


# What a dead process had in hand is free again soon.
_RECOVERY = {
    "connector": {
        **_static_member("connector"),
        "CONNECTOR__ENTRIES__LEASE_SECONDS": "3",
        "CONNECTOR__ENTRIES__ATTEMPT_SECONDS": "2.5",
        "CONNECTOR__ENTRIES__LOOK_SECONDS": "2",
        "CONNECTOR__SYNC__LEASE_SECONDS": "3",
    },
    "booking": _static_member("booking"),
    "notifier": {
        **_static_member("notifier"),
        "NOTIFIER__SMTP__TIMEOUT_SECONDS": "2",
        "NOTIFIER__SENDING__SETTLING_SECONDS": "0.5",
    },
    # There is always something to project, so it may die while its consumers join one by one;
    # those that never came would hold up the others for the length of a static session.
    "availability": {"AVAILABILITY__KAFKA__SESSION_TIMEOUT_SECONDS": str(SESSION_SECONDS)},
}


def require_real_kafka(entente: Entente) -> None:
    """Skip a test where Kafka neither balances groups nor keeps anything; fail it in CI."""
    if entente.stack.kafka.real:
        return
    reason = "needs a real Kafka"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def restarted(entente: Entente, name: str, **settings: str) -> AsyncGenerator[None]:
    """Have a service run with further settings meanwhile."""
    service = entente.stack.services[name]
    usual = service.program.command
    await service.stop()
    _give(service, settings)
    try:
        await service.start()
        yield
    finally:
        await service.stop()
        service.program.command = usual
        await service.start()


async def survive(
    entente: Entente, name: str, failpoint: str, act: Callable[[], Awaitable[T]]
) -> T:
    """Return what `act` returns, while a service dies at the failpoint and is started again.

    From then on the service recovers from a death in little time, see `_RECOVERY`.
    """
    service = entente.stack.services[name]
    log = entente.stack.workspace.directory("failpoints") / f"{name}-{uuid4().hex}"
    await service.stop()
    _give(service, _RECOVERY[name])
    healthy = service.program.command
    _give(service, {"FAILPOINTS": f"{failpoint}=kill", "FAILPOINTS_LOG": str(log)})
    async with asyncio.TaskGroup() as tasks:
        try:
            with suppress(StartFailed):  # what lies ready may lead it to its end while it starts
                await service.start()
            acting = tasks.create_task(_value(act))
            await eventually(lambda: _ended(service), bool, within=_PATIENCE_SECONDS)
        finally:
            service.program.command = healthy
        assert service.program.exit_code == -signal.SIGKILL, service.program.tail()
        assert _fired(log) == [f"{failpoint} kill"]
        await service.start()
        return await acting


async def insist(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask until somebody who is well answers, as clients do that have an idempotency key."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            with suppress(httpx.TransportError):
                answer = await ask()
                if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return answer
            await asyncio.sleep(0.2)


async def _value(act: Callable[[], Awaitable[T]]) -> T:
    return await act()


def _give(service: Service, settings: dict[str, str]) -> None:
    command = service.program.command
    service.program.command = replace(command, environment={**command.environment, **settings})


async def _ended(service: Service) -> bool:
    return not service.program.running


def _fired(log: Path) -> list[str]:
    """Return the failpoints that have fired, as `<name> <action>`."""
    return [line.rpartition(" ")[0] for line in log.read_text().splitlines()]
