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
    return [(start, end, draw(states)) for start, end in pairs]


@given(busy_times())
def test_busy_time_only_grows_and_the_last_answer_is_one_interval(
    busy: list[BusyInterval],
) -> None:
    answers = list(ever_coarser(busy))
    assert answers[0] == busy
    assert len(answers[-1]) == 1
    for finer, coarser in pairwise(answers):
        assert len(coarser) <= len(finer)
        for start, end, state in finer:
            (around,) = [it for it in coarser if it[0] <= start and end <= it[1]]
            assert PRECEDENCE.index(around[2]) <= PRECEDENCE.index(state)


def test_short_gaps_go_first() -> None:
    busy = [
        (0, 600, BusyState.TENTATIVE),
        (840, 1200, BusyState.BUSY),
        (9000, 9600, BusyState.BUSY),
    ]
    _, touching, five_minutes, *_ = ever_coarser(busy)
    assert list(touching) == busy
    assert list(five_minutes) == [
        (0, 1200, BusyState.BUSY),
        (9000, 9600, BusyState.BUSY),
    ]


def test_no_busy_time_stays_none() -> None:
    assert all(len(answer) == 0 for answer in ever_coarser([]))
