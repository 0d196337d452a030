"""A calendar's busy time from its text, against other engines (targets 5 and 5b)."""

import tempfile
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from connector.adapters.expansion.work import Task, list_busy
from connector.application.expander import Basis
from connector.domain.horizon import Horizon
from connector.domain.month_picture import BusyTime
from connector.domain.source import Resource
from connector_lab.sample_calendar import WINDOW, build_calendar
from stack.stack import Stack

from bench.busy import Interval, merged
from bench.peers import libical, recurring
from bench.stopwatch import cpu_stopwatch
from bench.suite import (
    Arm,
    Comparison,
    Measurement,
    NotMeasured,
    Profile,
    Suite,
    WrongAnswerError,
)
from bench.targets import AtLeast, AtMost

_CALENDARS = {Profile.SMOKE: 2, Profile.FULL: 8}
_READINGS = {Profile.SMOKE: 8, Profile.FULL: 20}
_LONG_AGO = date(1996, 1, 1)
_THIS_YEAR = date(2026, 1, 1)
_SPAN: Interval = (int(WINDOW.start.timestamp()), int(WINDOW.end.timestamp()))
_BASIS = Basis(
    tenant_id="bench",
    horizon=Horizon.at(WINDOW.start),
    owner_address="",
    default_zone="Europe/Paris",
    key="",
)

OURS = "connector's expansion"
OURS_AGAIN = "connector's expansion, again"
RECURRING = "icalendar + recurring-ical-events"
LIBICAL = "libical"
OLD = "series begun in 1996"
YOUNG = "series begun this year"
YOUNG_AGAIN = "series begun this year, again"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar's text, and when it is busy in the window: what a peer has found beforehand."""

    content: bytes = field(repr=False)
    busy: Sequence[Interval] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ages:
    """The same calendar three times: its endless series begin last year, this year, long ago."""

    plain: Calendar
    young: Calendar
    old: Calendar


Answer = Sequence[tuple[Calendar, Sequence[Interval]]]
"""What was found in each calendar that was read."""


@asynccontextmanager
async def opened(_: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[Ages, Answer]]]:
    """Yield the suites; libical takes part where it can be compiled against."""
    calendars = [_ages(seed) for seed in range(_CALENDARS[profile])]
    readings = _READINGS[profile]

    def draw(random: Random) -> Sequence[Ages]:
        return [random.choice(calendars)] * readings

    with tempfile.TemporaryDirectory() as folder:
        driver = libical.build(Path(folder))
        peer = _arm(RECURRING, recurring.expand, share=1 / readings)
        engines = [_arm(OURS, ours), _arm(OURS_AGAIN, ours), peer]
        comparisons = [Comparison(OURS, RECURRING, AtLeast(12, 20))]
        not_measured: list[NotMeasured] = []
        with_libical = Comparison(OURS, LIBICAL, AtMost(2, 1.2))
        if driver:
            engines.append(_arm(LIBICAL, driver))
            comparisons.append(with_libical)
        else:
            not_measured.append(NotMeasured(with_libical, "libical-dev or a C compiler is missing"))
        yield [
            Suite(
                name="expand",
                arms=engines,
                control=(OURS, OURS_AGAIN),
                comparisons=comparisons,
                draw=draw,
                gate=gate,
                not_measured=not_measured,
            ),
            Suite(
                name="expand by age",
                arms=[
                    _arm(OLD, ours, which=lambda ages: ages.old),
                    _arm(YOUNG, ours, which=lambda ages: ages.young),
                    _arm(YOUNG_AGAIN, ours, which=lambda ages: ages.young),
                ],
                control=(YOUNG, YOUNG_AGAIN),
                comparisons=[Comparison(OLD, YOUNG, AtMost(1.3))],
                draw=draw,
                gate=gate,
            ),
        ]


def ours(content: bytes, _: Interval) -> list[Interval]:
    """Return what a worker process of the connector finds."""
    resource = Resource(content=content, media_type="text/calendar")
    task = Task(resources=(resource,), basis=_BASIS, tenant_key=b"bench")
    return [
        (int(one.start.timestamp()), int(one.end.timestamp()))
        for one in list_busy(task, WINDOW)
        if isinstance(one, BusyTime)
    ]


def gate(items: Sequence[Ages], answer: Answer) -> None:
    """Refuse an answer in which a calendar is busy at another time, or is missing."""
    if len(answer) != len(items):
        raise WrongAnswerError(f"{len(answer)} calendars of {len(items)}")
    for calendar, found in answer:
        if (busy := merged(found, _SPAN)) != calendar.busy:
            raise WrongAnswerError(f"{len(busy)} intervals, should be {len(calendar.busy)}")


def _plain(ages: Ages) -> Calendar:
    return ages.plain


def _arm(
    name: str,
    expand: Callable[[bytes, Interval], Iterable[Interval]],
    *,
    which: Callable[[Ages], Calendar] = _plain,
    share: float = 1.0,
) -> Arm[Ages, Answer]:
    async def measure(items: Sequence[Ages]) -> Measurement[Answer]:
        calendars = [which(item) for item in items]
        watch = cpu_stopwatch()
        found = [list(expand(calendar.content, _SPAN)) for calendar in calendars]
        return Measurement(watch.seconds / len(items), list(zip(calendars, found, strict=True)))

    return Arm(name, measure, share)


def _ages(seed: int) -> Ages:
    def calendar(series_begin: date | None) -> Calendar:
        content = build_calendar(seed, series_begin=series_begin)
        return Calendar(content, merged(recurring.expand(content, _SPAN), _SPAN))

    return Ages(plain=calendar(None), young=calendar(_THIS_YEAR), old=calendar(_LONG_AGO))
