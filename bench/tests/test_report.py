import pytest
from bench.blocks import Judged, Result
from bench.ratio import Ratio
from bench.suite import Comparison, NotMeasured
from bench.targets import AtLeast, AtMost, Verdict

from bench import report

pytestmark = pytest.mark.unit

MEASURED = Judged(Comparison("ours", "theirs", AtMost(2, 1.2)), Ratio(1.5, 1.4, 1.6), Verdict.MET)
MISSING = NotMeasured(Comparison("ours", "others", AtLeast(20)), "nobody is here")
RESULT = Result("sum", 7, [{"ours": 3.0, "theirs": 2.0}], Ratio(1, 1, 1), [MEASURED], [MISSING])


def test_the_table_says_what_was_measured_and_what_was_not() -> None:
    _, measured, missing, control = report.table([RESULT]).splitlines()

    assert measured.endswith(" met")
    assert "ours / theirs" in measured
    assert "1.50 [1.40, 1.60]  ≤ 2x" in measured
    assert "ours / others" in missing
    assert missing.endswith("not measured: nobody is here")
    assert "the floor against itself, 1 blocks" in control


def test_what_was_not_measured_has_no_ratio_in_json() -> None:
    measured, missing = report.as_json(RESULT)["comparisons"]

    assert (measured["ratio"], measured["verdict"]) == ([1.5, 1.4, 1.6], "met")
    assert (missing["verdict"], missing["why"]) == ("not measured", "nobody is here")
    assert (missing["must"], missing["stretch"]) == ("≥ 20x", None)
    assert "ratio" not in missing


def test_what_was_not_measured_fails_nothing() -> None:
    assert not RESULT.hopeless
    assert not RESULT.noisy
