"""What calendars tell is what askers hear."""

from typing import Any

import pytest
from availability_lab.facts import BookingFacts, all_day, timed
from availability_lab.lab import Lab
from entente_contracts import BusyState

pytestmark = pytest.mark.integration

NOVEMBER = {"from": "2026-11-02T00:00:00Z", "to": "2026-11-07T00:00:00Z"}


async def busy_of(lab: Lab, host_id: Any, **window: str) -> list[tuple[str, str, str]]:
    person = await lab.person()
    response = await person.post("/v1/free-busy", {"hosts": [str(host_id)], **(window or NOVEMBER)})
    assert response.status_code == 200, response.text
    (host,) = response.json()["hosts"]
    return [(it["start"][:16], it["end"][:16], it["state"]) for it in host["busy"]]


async def test_busy_time_is_told_with_its_source(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    picture = calendar.picture("2026-11", timed("2026-11-03T08:00", "2026-11-03T09:00"))
    await lab.tell(host.changed(), calendar.connected(), picture)
    person = await lab.person()
    response = await person.post("/v1/free-busy", {"hosts": [str(host.host_id)], **NOVEMBER})
    assert response.status_code == 200, response.text
    assert response.json()["hosts"] == [
        {
            "host_id": str(host.host_id),
            "busy": [
                {
                    "start": "2026-11-03T08:00:00Z",
                    "end": "2026-11-03T09:00:00Z",
                    "state": "busy",
                }
            ],
            "sources": [
                {
                    "calendar_id": str(calendar.calendar_id),
                    "state": "fresh",
                    "as_of": picture.as_of.replace(microsecond=0).isoformat()[:19] + "Z",
                    "reason": None,
                }
            ],
        }
    ]


async def test_all_that_can_be_busy_is_merged(lab: Lab) -> None:
    host = lab.host()
    work, home = host.calendar(), host.calendar()
    booking = BookingFacts(host)
    await lab.tell(
        host.changed(zone="Europe/Ljubljana"),
        work.connected(),
        home.connected(),
        work.picture(
            "2026-11",
            timed("2026-11-03T08:00", "2026-11-03T09:00"),
            timed("2026-11-03T08:30", "2026-11-03T10:00", BusyState.TENTATIVE),
            timed("2026-11-03T12:00", "2026-11-03T13:00", BusyState.FREE),
            all_day("2026-11-05", "2026-11-06", BusyState.OUT_OF_OFFICE),
        ),
        home.picture("2026-11", timed("2026-11-03T08:15", "2026-11-03T09:15")),
        booking.booked("2026-11-04T10:00", "2026-11-04T10:30"),
    )
    assert await busy_of(lab, host.host_id) == [
        ("2026-11-03T08:00", "2026-11-03T09:15", "busy"),
        ("2026-11-03T09:15", "2026-11-03T10:00", "tentative"),
        ("2026-11-04T10:00", "2026-11-04T10:30", "busy"),
        ("2026-11-04T23:00", "2026-11-05T23:00", "out_of_office"),
    ]
