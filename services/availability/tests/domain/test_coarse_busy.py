from itertools import pairwise

import pytest
from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.coarse_busy import ever_coarser
from availability.domain.free_busy import BusyInterval
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

DAY = 86_400


@st.composite
def busy_times(draw: st.DrawFn) -> list[BusyInterval]:
    ends = sorted(draw(st.sets(st.integers(0, 31 * DAY), min_size=2, max_size=40)))
    states = st.sampled_from(PRECEDENCE)
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return [BusyInterval(start, end, draw(states)) for start, end in pairs]


@given(busy_times())
def test_busy_time_only_grows_and_the_last_answer_is_one_interval(
    busy: list[BusyInterval],
) -> None:
    answers = list(ever_coarser(busy))
    assert answers[0] == busy
    assert len(answers[-1]) == 1
    for finer, coarser in pairwise(answers):
        assert len(coarser) <= len(finer)
        for interval in finer:
            (around,) = [
                it for it in coarser if it.start <= interval.start and interval.end <= it.end
            ]
            assert PRECEDENCE.index(around.state) <= PRECEDENCE.index(interval.state)


def test_short_gaps_go_first() -> None:
    busy = [
        BusyInterval(0, 600, BusyState.TENTATIVE),
        BusyInterval(840, 1200, BusyState.BUSY),
        BusyInterval(9000, 9600, BusyState.BUSY),
    ]
    _, touching, five_minutes, *_ = ever_coarser(busy)
    assert list(touching) == busy
    assert list(five_minutes) == [
        BusyInterval(0, 1200, BusyState.BUSY),
        BusyInterval(9000, 9600, BusyState.BUSY),
    ]


def test_no_busy_time_stays_none() -> None:
    assert all(len(answer) == 0 for answer in ever_coarser([]))
