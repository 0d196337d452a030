"""An answer tells which changes it shows; one that shows a half is refused."""

import asyncio
from datetime import UTC, datetime

import pytest
from bench.asking import at_fixed_times
from bench.changes import Month, trace_of
from bench.suite import WrongAnswerError
from bench.suites.reads import age

pytestmark = pytest.mark.unit

DAY = 86_400
MONTH = Month(datetime(2026, 11, 21, tzinfo=UTC))


def picture(trace: int) -> list[tuple[int, int]]:
    begin = MONTH.window[0] + trace * 60
    return [(begin + day * DAY, begin + day * DAY + 900) for day in range(10)]


def test_a_picture_tells_its_revision() -> None:
    (change,) = MONTH.changes([0])
    assert MONTH.shown(picture(trace_of(change.revision))) == trace_of(change.revision)


@pytest.mark.parametrize(
    "busy",
    [picture(7)[:9], [*picture(7)[:9], picture(8)[9]], [*picture(7), *picture(8)]],
    ids=["a day is missing", "a day of another picture", "two pictures"],
)
def test_what_is_no_picture_as_a_whole_is_refused(busy: list[tuple[int, int]]) -> None:
    with pytest.raises(WrongAnswerError):
        MONTH.shown(busy)


@pytest.mark.parametrize(
    ("shown", "at", "expected"),
    [(5, 11.0, 1.0), (6, 11.0, 0.0), (6, 13.0, 1.0), (99, 13.0, 4.0), (7, 12.5, 0.0)],
    ids=["one", "none", "a later one", "all", "none of three"],
)
def test_an_answer_is_as_old_as_the_first_change_it_misses(
    shown: int, at: float, expected: float
) -> None:
    changes = [(9.0, 5), (10.0, 6), (12.0, 7)]
    assert age(changes, shown, at) == expected


async def test_a_question_that_waits_for_an_asker_is_late() -> None:
    async def slow(question: int) -> int:
        await asyncio.sleep(0.05)
        return question

    asked = await at_fixed_times([1, 2, 3], [slow], per_second=1_000)
    assert [one.answer for one in asked] == [1, 2, 3]
    assert max(one.seconds for one in asked) >= 0.1
