"""Says what was measured: a table for people, JSON for keeping."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bench.blocks import Judged, Result
from bench.suite import Comparison, NotMeasured

_HEADINGS = ("suite", "what", "ratio [95 %]", "must", "stretch", "verdict")


def table(results: Iterable[Result]) -> str:
    """Return one line per comparison, measured or not, and one per suite for its control."""
    rows = [_HEADINGS, *(row for result in results for row in _rows(result))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def as_json(result: Result) -> dict[str, Any]:
    """Return a result with every block's costs, so that it can be judged anew."""
    return {
        "suite": result.suite,
        "seed": result.seed,
        "control": [result.control.median, result.control.low, result.control.high],
        "comparisons": [
            *(_comparison(judged) for judged in result.judged),
            *(_left_out(missing) for missing in result.not_measured),
        ],
        "blocks": list(result.blocks),
    }


def _rows(result: Result) -> Iterator[Sequence[str]]:
    for judged in result.judged:
        ratio, verdict = str(judged.ratio), judged.verdict.value
        yield _row(result.suite, judged.comparison, ratio, verdict)
    for missing in result.not_measured:
        yield _row(result.suite, missing.comparison, "", f"not measured: {missing.why}")
    control = f"control: the floor against itself, {len(result.blocks)} blocks"
    yield (result.suite, control, str(result.control), "", "", "")


def _row(suite: str, comparison: Comparison, ratio: str, verdict: str) -> Sequence[str]:
    target = comparison.target
    return (
        suite,
        f"{comparison.subject} / {comparison.reference}",
        ratio,
        target.written(target.must),
        target.written(target.stretch) if target.stretch is not None else "",
        verdict,
    )


def _comparison(judged: Judged) -> dict[str, Any]:
    ratio = judged.ratio
    return {
        **_compared(judged.comparison),
        "ratio": [ratio.median, ratio.low, ratio.high],
        "verdict": judged.verdict.value,
    }


def _left_out(missing: NotMeasured) -> dict[str, Any]:
    return {**_compared(missing.comparison), "verdict": "not measured", "why": missing.why}


def _compared(comparison: Comparison) -> dict[str, Any]:
    return {
        "subject": comparison.subject,
        "reference": comparison.reference,
        "must": comparison.target.written(comparison.target.must),
        "stretch": comparison.target.stretch,
    }
