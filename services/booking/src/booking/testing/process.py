"""Booking as a process of its own, to be killed and started again."""

import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
from messaging.settings import KafkaSettings
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.service import url_on
from stack.workspace import Workspace

from booking.domain.guest_links import secret_of
from booking.domain.parties import Role
from booking.testing.world import LINK_KEY

_START_SECONDS = 90


class BookingProcess:
    """`python -m booking` on a free port of 127.0.0.1, with failpoints armed."""

    def __init__(
        self, name: str, workspace: Workspace, *, kafka: KafkaSettings, dsn: str, failpoints: str
    ) -> None:
        port = choose_port(None, purpose=name)
        self.url = url_on(port)
        self._fired = workspace.directory(name) / "fired"
        environment: Mapping[str, str] = {
            "BOOKING__HTTP__HOST": HOST,
            "BOOKING__HTTP__PORT": str(port),
            "BOOKING__KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "BOOKING__KAFKA__SESSION_TIMEOUT_SECONDS": "6",
            "BOOKING__POSTGRES__DSN": dsn,
            "BOOKING__OIDC__ISSUER": "http://127.0.0.1:9/unused",
            "BOOKING__AVAILABILITY__URL": "http://127.0.0.1:9/unused",
            "BOOKING__AVAILABILITY__CLIENT_SECRET": "unused",
            "BOOKING__GUEST_LINK_KEY": LINK_KEY.decode(),
            "BOOKING__SAGA__ANSWER_SECONDS": "2",
            "FAILPOINTS": failpoints,
            "FAILPOINTS_LOG": str(self._fired),
        }
        self.program = Program(
            name=name,
            command=Command(arguments=(sys.executable, "-m", "booking"), environment=environment),
            workspace=workspace,
            ready=answers_http(f"{self.url}/livez"),
            start_timeout=_START_SECONDS,
        )

    async def has_died(self) -> bool:
        """Tell whether the failpoint has fired and the process is gone."""
        return not self.program.running and self._fired.exists()

    async def post(
        self, booking_id: UUID, party: Role, verb: str, body: Mapping[str, Any], *, key: str
    ) -> httpx.Response:
        """Do what a party's link allows."""
        headers = {"Link-Secret": secret_of(LINK_KEY, booking_id, party), "Idempotency-Key": key}
        url = f"{self.url}/v1/public/bookings/{booking_id}/{party}/{verb}"
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            return await client.post(url, json=dict(body), headers=headers)
