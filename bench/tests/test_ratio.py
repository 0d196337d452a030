from math import inf

import pytest
from bench.ratio import Ratio, ratio_of
from bench.targets import AtLeast, AtMost, NotJudged, Verdict

pytestmark = pytest.mark.unit

QUIET = Ratio(1.0, 0.98, 1.02)


def test_the_median_of_the_blocks_is_not_moved_by_one_bad_block() -> None:
    assert ratio_of([2.0, 2.1, 1.9, 2.0, 90.0]).median == 2.0


def test_the_interval_widens_with_the_scatter_and_narrows_with_more_blocks() -> None:
    scattered = [1.0, 1.5, 2.0, 2.5, 3.0]

    few, many = ratio_of(scattered), ratio_of(scattered * 8)

    assert few.low < many.low < 2.0 < many.high < few.high


def test_equal_blocks_leave_no_doubt() -> None:
    assert ratio_of([0.5] * 5) == Ratio(0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (Ratio(0.90, 0.88, 0.92), Verdict.STRETCH),
        (Ratio(0.70, 0.68, 0.72), Verdict.MET),
        (Ratio(0.50, 0.48, 0.52), Verdict.SHORT),
        (Ratio(0.90, 0.70, 1.10), Verdict.NOISY),
    ],
)
def test_at_least(ratio: Ratio, verdict: Verdict) -> None:
    assert AtLeast(0.6, 0.85).judge(ratio, control=QUIET) is verdict


@pytest.mark.parametrize(
    ("median", "verdict"), [(0.9, Verdict.STRETCH), (1.2, Verdict.MET), (1.4, Verdict.SHORT)]
)
def test_at_most(median: float, verdict: Verdict) -> None:
    ratio = Ratio(median, median * 0.99, median * 1.01)

    assert AtMost(1.3, 1.0).judge(ratio, control=QUIET) is verdict


@pytest.mark.parametrize("control", [Ratio(0.92, 0.9, 0.95), Ratio(1.08, 1.06, 1.1)])
def test_no_verdict_where_the_floor_differs_from_itself(control: Ratio) -> None:
    assert AtLeast(0.6).judge(Ratio(0.9, 0.9, 0.9), control=control) is Verdict.NOISY


def test_a_wide_control_says_that_the_machine_is_noisy() -> None:
    assert AtLeast(0.6).judge(Ratio(0.9, 0.9, 0.9), control=Ratio(1, 0.8, 1.2)) is Verdict.NOISY


def test_a_valid_figure_that_is_not_half_as_good_as_it_must_be_is_hopeless() -> None:
    assert AtLeast(6).hopeless(Ratio(2.9, 2.8, 3.1), Verdict.SHORT)
    assert not AtLeast(6).hopeless(Ratio(3.1, 2.8, 3.2), Verdict.SHORT)
    assert AtMost(1.3).hopeless(Ratio(2.7, 2.5, 2.8), Verdict.SHORT)
    assert not AtMost(1.3).hopeless(Ratio(2.5, 2.4, 2.7), Verdict.SHORT)


def test_a_noisy_figure_is_hopeless_where_the_noise_does_not_explain_it() -> None:
    assert AtLeast(6).hopeless(Ratio(2.5, 1.3, 2.9), Verdict.NOISY)
    assert not AtLeast(6).hopeless(Ratio(2.5, 1.3, 3.1), Verdict.NOISY)
    assert AtMost(1.3).hopeless(Ratio(3.5, 2.7, 4.3), Verdict.NOISY)
    assert not AtMost(1.3).hopeless(Ratio(3.5, 2.5, 4.3), Verdict.NOISY)


def test_a_target_names_its_ratio() -> None:
    assert AtLeast(6).ratio(subject=1.0, reference=6.0) == 6.0
    assert AtMost(2).ratio(subject=3.0, reference=2.0) == 1.5
    assert AtLeast(6).written(11) == "≥ 11x"
    assert AtMost(2).written(1.5) == "≤ 1.5x"


def test_of_what_is_only_shown_nothing_is_asked() -> None:
    shown = NotJudged()
    assert shown.ratio(subject=3.0, reference=2.0) == 1.5
    assert shown.judge(Ratio(9, 1, 99), control=Ratio(2, 1, 3)) is Verdict.NONE
    assert not shown.hopeless(Ratio(9, 1, 99), Verdict.NONE)
    assert shown.written(shown.must) == ""


def test_a_cost_of_nothing_has_a_spread() -> None:
    assert Ratio(0.0, 0.0, 0.0).spread == 0.0
    assert Ratio(0.0, 0.0, 0.1).spread == inf
    assert AtMost(1).judge(Ratio(0.0, 0.0, 0.0), control=Ratio(1, 1, 1)) is Verdict.MET
