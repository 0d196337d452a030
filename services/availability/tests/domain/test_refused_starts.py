"""A start is offered exactly when no refusal is told of it."""

from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from availability.domain.busy_state import BusyState
from availability.domain.explain import explain, refused_starts
from availability.domain.host import Calendar, Host
from availability.domain.reasons import Reason
from availability.domain.rules import SlotRules
from availability.domain.slot_request import SlotRequest
from availability.domain.slots import collective_slots
from availability.domain.wall_clock import DAY
from availability.domain.working_hours import Hours, WorkingHours
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

MONDAY = 20_759 * DAY  # 2026-11-02
RULES = SlotRules(duration=1800, step=900, buffer_before=600)
HOURS = WorkingHours(((Hours(540, 720), Hours(780, 1020)),) * 5 + ((), ()))


def host(busy: list[tuple[int, int]]) -> Host:
    months = frozenset(range(2026 * 12 + 9, 2026 * 12 + 12))
    calendar = Calendar(UUID(int=2), MONDAY, months, {BusyState.BUSY: busy})
    return Host(UUID(int=1), ZoneInfo("Europe/Ljubljana"), HOURS, [calendar])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 3 * 1440), st.integers(1, 300)), max_size=12),
    st.integers(0, 1440),
)
def test_offered_or_refused(busy: list[tuple[int, int]], offset: int) -> None:
    taken = [(MONDAY + start * 60, MONDAY + (start + length) * 60) for start, length in busy]
    begin = MONDAY + offset * 60
    request = SlotRequest(RULES, (begin, begin + 2 * DAY), now=MONDAY)
    hosts = [host(taken)]
    offered = set(collective_slots(hosts, request).offers)
    refused = dict(refused_starts(hosts, request)[UUID(int=1)])
    assert not offered & refused.keys()
    assert begin in offered | refused.keys()
    for start, refusals in refused.items():
        assert refusals
        assert refusals == explain(hosts, request, start)[UUID(int=1)]
    possible = {
        start
        for start in range(-(-begin // 900) * 900, begin + 2 * DAY, 900)
        if not {Reason.OUTSIDE_HOURS, Reason.OFF_STEP}
        & {it.reason for it in explain(hosts, request, start)[UUID(int=1)]}
    }
    assert offered | refused.keys() == possible | {begin}
