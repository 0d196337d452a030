# ruff: noqa: INP001  # a script, in no package
"""Book, read and cancel a meeting as a guest would; exit code 1 at the first wrong answer.

`canary.py <booking's base URL> <slug of a meeting type> <the guest's address>`. The meeting type is
booked immediately: no approval, not the only slot of the week.
"""

import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

_PATIENCE_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 1.0
_WEEKS = 2
_STANDING = frozenset({"confirmed", "recorded_only"})
_OVER = frozenset({"declined", "expired", "cancelled", "superseded"})


class CanaryError(Exception):
    """An answer that is not as it should be."""


def main(base: str, slug: str, address: str) -> None:
    """Make the journey."""
    with httpx.Client(base_url=base, timeout=15, trust_env=False) as client:
        start = _first_slot(client, slug)
        booking, secret = _book(client, slug, address, start)
        _say("booked", booking=booking, start=start)
        path, party = f"/v1/public/bookings/{booking}/guest", {"Link-Secret": secret}
        try:
            _say("stands", booking=booking, status=_standing(client, path, party))
        finally:
            cancelled = _answer(client.post(f"{path}/cancel", json={}, headers=party))
        _require(cancelled["cancelled_by"] == "guest", "cancelled, but it does not say so")
        _say("cancelled", booking=booking)


def _first_slot(client: httpx.Client, slug: str) -> str:
    """Return the start of the first slot after tomorrow."""
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    window = {"from": begin.isoformat(), "to": (begin + timedelta(weeks=_WEEKS)).isoformat()}
    slots = _answer(client.get(f"/v1/public/meeting-types/{slug}/slots", params=window))
    _require(slots, f"{slug} offers no time within {_WEEKS} weeks")
    return str(slots[0]["start"])


def _book(client: httpx.Client, slug: str, address: str, start: str) -> tuple[str, str]:
    """Send the guests' form; return the booking's id and the secret of the guest's link."""
    form = {
        "start": start,
        "name": "Canary",
        "address": address,
        "note": "",
        "zone": "UTC",
        "lang": "en",
        "key": uuid4().hex,
        "website": "",
    }
    answer = client.post(f"/m/{slug}/book", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    _require(answer.status_code == HTTPStatus.SEE_OTHER, f"booking: {answer.status_code}")
    parts = urlsplit(answer.headers["Location"]).path.strip("/").split("/")
    _require(parts[0] == "b" and len(parts) == len(("b", "id", "party", "secret")), "odd redirect")
    return parts[1], parts[3]


def _standing(client: httpx.Client, path: str, party: Mapping[str, str]) -> str:
    """Return the booking's status once it stands."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (status := str(_answer(client.get(path, headers=party))["status"])) not in _STANDING:
        _require(status not in _OVER, f"the booking is {status}")
        _require(time.monotonic() < deadline, f"still {status} after {_PATIENCE_SECONDS:g} s")
        time.sleep(_LOOK_EVERY_SECONDS)
    return status


def _answer(response: httpx.Response) -> Any:
    _require(response.is_success, f"{response.request.method}: {response.status_code}")
    return response.json()


def _require(condition: object, otherwise: str) -> None:
    if not condition:
        raise CanaryError(otherwise)


def _say(what: str, **more: str) -> None:
    sys.stdout.write(json.dumps({"canary": what, **more}) + "\n")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (CanaryError, httpx.HTTPError) as error:
        sys.exit(f"canary: {error or type(error).__name__}")
