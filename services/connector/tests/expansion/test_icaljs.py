"""Our engine against ical.js, which shares no code with it, over the same public files.

`icaljs_disagreements.csv` explains every difference, by file and UID (`*` where one of the two
engines cannot read the file); one it does not explain fails, and so does an explanation that no
longer applies. A UID that ical.js gives up counts as one in which it finds nothing.
"""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import icalendar
import pytest
from connector.domain.expansion import NotACalendar
from connector.domain.window import Window
from connector_lab.sample_calendar import WINDOW, build_calendar
from corpora import CORPORA, PARIS, Found, corpus, explained, ours, read, within, years
from icaljs_engine import Answer, IcalJs, Question

pytestmark = pytest.mark.integration

DISAGREEMENTS = Path(__file__).with_name("icaljs_disagreements.csv")


@pytest.fixture(scope="module")
def icaljs() -> IcalJs:
    return IcalJs()


def question(name: str, body: bytes, windows: list[Window]) -> Question:
    end = max((int(window.end.timestamp()) for window in windows), default=0)
    return Question(name, body.decode(errors="replace"), end, PARIS.key)


def disagreements(body: bytes, windows: list[Window], answer: Answer) -> Iterator[str]:
    """Yield the UID of each occurrence that one engine has and the other has not."""
    try:
        for window in windows:
            theirs = {found for found in answer.found if within(found, window)}
            for uid, *_ in theirs ^ ours(body, window):
                yield "*" if None in answer.errors else uid
    except NotACalendar:
        if answer.found:
            yield "*"


@pytest.mark.parametrize("folder", CORPORA.values(), ids=CORPORA.keys())
def test_every_disagreement_is_explained(icaljs: IcalJs, folder: Path) -> None:
    bodies = {name: read(path) for name, path in corpus(folder).items()}
    answers = icaljs.answer(question(name, body, years(body)) for name, body in bodies.items())
    found = {
        (name, uid)
        for name, body in bodies.items()
        for uid in disagreements(body, years(body), answers[name])
    }
    assert found == explained(DISAGREEMENTS, folder)


@pytest.mark.parametrize("seed", [2026, 7])
def test_sample_calendar_differs_in_stray_overrides_only(icaljs: IcalJs, seed: int) -> None:
    """An override of an instance that its rule does not make is kept by ours, hidden by ical.js."""
    body = build_calendar(seed)
    answer = icaljs.answer([question("sample", body, [WINDOW])])["sample"]
    theirs = {found for found in answer.found if within(found, WINDOW)}
    found = ours(body, WINDOW)
    assert len(theirs) > 700
    assert answer.errors == {}
    assert theirs <= found
    assert found - theirs <= overrides(body)


def overrides(body: bytes) -> Found:
    parsed: Any = icalendar.Calendar.from_ical(body)
    return {
        (str(event["UID"]), event.start.astimezone(UTC), event.end.astimezone(UTC))
        for event in parsed.events
        if "RECURRENCE-ID" in event
    }
