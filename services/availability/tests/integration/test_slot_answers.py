"""Slots over HTTP: offered exactly when nothing speaks against them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from availability_lab.facts import BookingFacts, HostFacts, all_day, timed
from availability_lab.lab import Lab
from availability_lab.workload import Workload

pytestmark = pytest.mark.integration

# Far enough ahead for any clock that runs this test; a horizon reaches two years.
SOON = (datetime.now(UTC) + timedelta(days=60)).replace(hour=0, minute=0, second=0, microsecond=0)
DAY = SOON + timedelta(days=-SOON.weekday() % 7)  # a Monday
MONTH = f"{DAY:%Y-%m}"
NEXT_MONTH = f"{DAY.replace(day=28) + timedelta(days=7):%Y-%m}"
WINDOW = {"from": DAY.isoformat(), "to": (DAY + timedelta(days=1)).isoformat()}
RULES = {"duration": 3600, "step": 3600, "horizon_days": 365, "anchor": {"zone": "UTC"}}


def on(clock: str) -> str:
    return f"{DAY:%Y-%m-%d}T{clock}"


async def ask(lab: Lab, *hosts: HostFacts, explain: bool = False, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "hosts": [str(host.host_id) for host in hosts],
        "mode": "one",
        "rules": RULES,
        **WINDOW,
    }
    params = {"explain": "true"} if explain else {}
    response = await (await lab.person()).post("/v1/slots", body | more, params=params)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def starts(answer: dict[str, Any]) -> list[str]:
    return [slot["start"][11:16] for slot in answer["slots"]]


async def host_with(lab: Lab, *clocks: tuple[str, str]) -> HostFacts:
    host = lab.host()
    calendar = host.calendar()
    occurrences = [timed(on(start), on(end), name=f"at {start}") for start, end in clocks]
    await lab.tell(
        host.changed(),
        calendar.connected(),
        calendar.picture(MONTH, *occurrences),
        calendar.picture(NEXT_MONTH),
    )
    return host


async def test_the_hours_that_are_free_are_offered(lab: Lab) -> None:
    host = await host_with(lab, ("10:00", "11:30"), ("13:00", "14:00"))
    answer = await ask(lab, host)
    assert starts(answer) == ["09:00", "12:00", "14:00", "15:00", "16:00"]
    assert answer["slots"][0] == {
        "start": f"{on('09:00:00')}Z",
        "end": f"{on('10:00:00')}Z",
        "recheck": False,
    }
    assert answer["hosts"][0]["sources"][0]["state"] == "fresh"
    assert "refused" not in answer


async def test_a_refused_start_has_its_source(lab: Lab) -> None:
    host = await host_with(lab, ("10:00", "11:30"))
    booking = BookingFacts(host)
    await lab.tell(booking.held((on("15:00"), on("16:00"))))
    answer = await ask(lab, host, explain=True)
    assert starts(answer) == ["09:00", "12:00", "13:00", "14:00", "16:00"]
    refused = {it["start"][11:16]: it["reasons"] for it in answer["refused"]}
    assert set(refused) == {"00:00", "10:00", "11:00", "15:00"}
    assert refused["00:00"] == [{"reason": "OUTSIDE_HOURS"}]
    (reason,) = refused["11:00"]
    (source,) = answer["hosts"][0]["sources"]
    assert reason == {
        "reason": "BUSY_EXTERNAL",
        "calendar_id": source["calendar_id"],
        "occurrence_id": "at 10:00",
        "as_of": source["as_of"],
    }
    held = {"reason": "HELD_BY_OTHER", "booking_id": str(booking.booking_id)}
    assert refused["15:00"] == [held]


@pytest.mark.parametrize("name", ["hold", "ignore_booking"])
async def test_a_booking_is_not_in_its_own_way(lab: Lab, name: str) -> None:
    host = await host_with(lab)
    booking = BookingFacts(host)
    await lab.tell(booking.booked(on("12:00"), on("13:00")))
    assert "12:00" not in starts(await ask(lab, host))
    its_own: dict[str, Any] = {name: str(booking.booking_id)}
    assert "12:00" in starts(await ask(lab, host, **its_own))


async def test_several_hosts_together_and_any_of_them(lab: Lab) -> None:
    early = await host_with(lab, ("09:00", "13:00"))
    late = await host_with(lab, ("12:00", "17:00"))
    together = await ask(lab, early, late, mode="collective")
    assert starts(together) == []
    anyone = await ask(lab, early, late, mode="any")
    by_start = {it["start"][11:16]: it["hosts"] for it in anyone["slots"]}
    assert by_start["09:00"] == [str(late.host_id)]
    assert by_start["16:00"] == [str(early.host_id)]
    assert "12:00" not in by_start


async def test_together_needs_everybody_to_be_known(lab: Lab) -> None:
    host = await host_with(lab)
    stranger = lab.for_new_tenant().host()
    answer = await ask(lab, host, stranger, mode="collective")
    assert answer["slots"] == []
    assert answer["hosts"][1]["problem"]["code"] == "host_not_found"
    anyone = await ask(lab, host, stranger, mode="any")
    assert {tuple(it["hosts"]) for it in anyone["slots"]} == {(str(host.host_id),)}


async def test_a_stale_calendar_is_looked_at_again_offered_or_blocks(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    old = datetime.now(UTC) - timedelta(hours=2)
    await lab.tell(
        host.changed(),
        calendar.connected(),
        calendar.picture(MONTH, as_of=old),
        calendar.picture(NEXT_MONTH, as_of=old),
    )

    async def under(policy: str) -> dict[str, Any]:
        rules = RULES | {"staleness": {"bound": 900, "policy": policy}}
        return await ask(lab, host, rules=rules, explain=True)

    recheck, offer, block = [await under(policy) for policy in ("recheck", "offer", "block")]
    assert {slot["recheck"] for slot in recheck["slots"]} == {True}
    assert {slot["recheck"] for slot in offer["slots"]} == {False}
    assert block["slots"] == []
    reasons = {why["reason"] for it in block["refused"] for why in it["reasons"]}
    assert reasons == {"SOURCE_STALE", "OUTSIDE_HOURS"}


async def test_all_day_entries_follow_the_policy(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    day_after = DAY + timedelta(days=1)
    clipped = [all_day(f"{DAY:%Y-%m-%d}", f"{day_after:%Y-%m-%d}")]
    await lab.tell(
        host.changed(),
        calendar.connected(),
        calendar.picture(MONTH, *(clipped if day_after.month == DAY.month else [])),
        calendar.picture(NEXT_MONTH),
    )
    if day_after.month == DAY.month:
        assert starts(await ask(lab, host)) == []
    rules = RULES | {"all_day": "only_away"}
    assert len(starts(await ask(lab, host, rules=rules))) == 8


async def test_offered_or_explained_whatever_the_calendars_hold(lab: Lab) -> None:
    workload = Workload(11, lab.tenant)
    await lab.applied(await lab.wire.send(workload.records(200)))
    rules = {"duration": 1800, "step": 1800, "horizon_days": 730, "anchor": {"zone": "UTC"}}
    begin = datetime(2026, 12, 1, tzinfo=UTC)
    window: dict[str, Any] = {
        "from": begin.isoformat(),
        "to": (begin + timedelta(days=14)).isoformat(),
    }
    for host in workload.hosts:
        answer = await ask(lab, host, explain=True, rules=rules, **window)
        if "problem" in answer["hosts"][0]:
            continue
        plain = await ask(lab, host, rules=rules, **window)
        assert plain["slots"] == answer["slots"]
        offered = {slot["start"] for slot in answer["slots"]}
        refused = {it["start"] for it in answer["refused"]}
        assert not offered & refused
        assert all(it["reasons"] for it in answer["refused"])
        assert offered | refused
