"""Says what was measured: a table for people, JSON for keeping."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bench.blocks import Judged, Result

_HEADINGS = ("suite", "what", "ratio [95 %]", "must", "stretch", "verdict")


def table(results: Iterable[Result]) -> str:
    """Return one line per comparison, and one per suite for its control."""
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
        "comparisons": [_comparison(judged) for judged in result.judged],
        "blocks": list(result.blocks),
    }


def _rows(result: Result) -> Iterator[Sequence[str]]:
    for judged in result.judged:
        target = judged.comparison.target
        yield (
            result.suite,
            f"{judged.comparison.subject} / {judged.comparison.reference}",
            str(judged.ratio),
            target.written(target.must),
            target.written(target.stretch) if target.stretch is not None else "",
            judged.verdict.value,
        )
    control = f"control: the floor against itself, {len(result.blocks)} blocks"
    yield (result.suite, control, str(result.control), "", "", "")


def _comparison(judged: Judged) -> dict[str, Any]:
    comparison, ratio = judged.comparison, judged.ratio
    return {
        "subject": comparison.subject,
        "reference": comparison.reference,
        "ratio": [ratio.median, ratio.low, ratio.high],
        "must": comparison.target.written(comparison.target.must),
        "stretch": comparison.target.stretch,
        "verdict": judged.verdict.value,
    }
