"""Many intervals are written as few are: as the documented type says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.free_busy import FreeBusy
from availability.domain.intervals import Interval, Packed, bounds_of
from availability.entrypoints.http.busy_json import BusyShown, busy_json
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.json import decode

pytestmark = pytest.mark.unit

DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

gaps = st.integers(1, 3 * DAY)
busy = st.lists(st.tuples(gaps, gaps, st.sampled_from(PRECEDENCE)), max_size=12)
"""Free time, time in a state, and the state, by turns."""
begins = st.integers(
    int((datetime(2, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()),
    int((datetime(9998, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()),
)


def found(begin: int, stretches: Sequence[tuple[int, int, BusyState]], packed: bool) -> FreeBusy:
    ends = list(accumulate((free + taken for free, taken, _ in stretches), initial=begin))[1:]
    by_state: dict[BusyState, list[Interval]] = {}
    for end, (_, taken, state) in zip(ends, stretches, strict=True):
        by_state.setdefault(state, []).append((end - taken, end))
    if packed:
        return FreeBusy({state: Packed(bounds_of(it)) for state, it in by_state.items()}, ())
    return FreeBusy(by_state, ())


@given(begins, st.lists(st.tuples(busy, st.booleans()), max_size=5))
@example(0, [([(DAY - 1, 1, BusyState.BUSY)], False), ([], False)])
def test_every_interval_is_written_in_its_order(
    begin: int, many: list[tuple[list[tuple[int, int, BusyState]], bool]]
) -> None:
    answers = [found(begin, stretches, packed) for stretches, packed in many]
    for window in ((begin, begin), (begin, begin + 80 * DAY)):  # a short and a long way
        written = [decode(it, type=list[BusyShown]) for it in busy_json(answers, window)]
        assert written == [
            [
                BusyShown(EPOCH + timedelta(seconds=start), EPOCH + timedelta(seconds=end), state)
                for start, end, state in it.intervals
            ]
            for it in answers
        ]
