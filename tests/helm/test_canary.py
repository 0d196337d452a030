"""`helm test`: what the canary asks of booking, and what it takes for a failure."""

import importlib.util
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from manifests import CHART, of_kind, pods_of, rendered

pytestmark = pytest.mark.unit

_ID = "0199f0b8-0000-7000-8000-000000000001"
_SLOT = {"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:30:00Z"}


class Booking:
    """Booking as guests see it."""

    def __init__(self, *statuses: str) -> None:
        self.slots: list[dict[str, str]] = [_SLOT]
        self.cancelled = False
        self.form: dict[str, list[str]] = {}
        self._statuses = list(statuses)

    def answer(self, request: httpx.Request) -> httpx.Response:
        method, path = request.method, request.url.path
        mine = f"/v1/public/bookings/{_ID}/guest"
        if (method, path) == ("GET", "/v1/public/meeting-types/canary/slots"):
            return httpx.Response(200, json=self.slots)
        if (method, path) == ("POST", "/m/canary/book"):
            self.form = parse_qs(request.content.decode())
            return httpx.Response(303, headers={"Location": f"/b/{_ID}/guest/secret?lang=en"})
        if request.headers.get("Link-Secret") != "secret":
            return httpx.Response(404)
        if (method, path) == ("POST", f"{mine}/cancel"):
            self.cancelled = True
            return httpx.Response(200, json={"status": "cancelled", "cancelled_by": "guest"})
        if (method, path) == ("GET", mine):
            status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
            return httpx.Response(200, json={"status": status})
        return httpx.Response(404)


Run = Callable[[Booking], None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    specification = importlib.util.spec_from_file_location("canary", CHART / "files" / "canary.py")
    assert specification is not None
    assert specification.loader is not None
    canary: Any = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(canary)
    monkeypatch.setattr(canary, "_LOOK_EVERY_SECONDS", 0)
    monkeypatch.setattr(canary, "_PATIENCE_SECONDS", 0.2)

    def against(booking: Booking) -> None:
        def client(**options: Any) -> httpx.Client:
            return httpx.Client(**options, transport=httpx.MockTransport(booking.answer))

        patched = type("Httpx", (), {"Client": staticmethod(client)})
        with monkeypatch.context() as patch:
            patch.setattr(canary, "httpx", patched)
            canary.main("http://meet-booking:8080", "canary", "canary@example.org")

    return against


def test_the_canary_books_waits_reads_and_cancels(run: Run) -> None:
    booking = Booking("confirming", "confirming", "confirmed")
    run(booking)
    assert booking.form["start"] == [_SLOT["start"]]
    assert booking.form["address"] == ["canary@example.org"]
    assert booking.cancelled


@pytest.mark.parametrize("status", ["declined", "expired", "confirming"])
def test_a_booking_that_does_not_stand_is_a_failure_and_is_cleaned_up(
    run: Run, status: str
) -> None:
    booking = Booking(status)
    with pytest.raises(Exception, match=status):
        run(booking)
    assert booking.cancelled


def test_no_offered_time_is_a_failure(run: Run) -> None:
    booking = Booking("confirmed")
    booking.slots = []
    with pytest.raises(Exception, match="no time"):
        run(booking)


def test_the_pod_runs_it_against_bookings_service() -> None:
    manifests = rendered("production")
    (pod,) = [pod for pod in pods_of(manifests) if pod.name == "meet-canary"]
    (container,) = pod.containers
    address = container["args"][0]
    name, _, port = address.removeprefix("http://").partition(":")
    (listening,) = of_kind(manifests, "Service")[name]["spec"]["ports"]
    assert int(port) == listening["port"]
    assert pod.owner["metadata"]["annotations"]["helm.sh/hook"] == "test"
    script = of_kind(manifests, "ConfigMap")["meet-canary"]["data"]["canary.py"]
    assert script.strip() == (CHART / "files" / "canary.py").read_text().strip()
