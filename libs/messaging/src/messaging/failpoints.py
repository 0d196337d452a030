"""Named failpoints: places where a test can make a process die, raise or wait.

`FAILPOINTS="relay.after_send=kill@3;consumer.in_handler=sleep(5)"` arms them; without the
variable every call returns at once. Each firing appends a line to `FAILPOINTS_LOG`, so that a
test can require that its fault really happened.
"""

import asyncio
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

_SPEC = re.compile(
    r"(?P<name>[\w.]+)=(?P<action>kill|raise|sleep)(\((?P<arg>[\d.]+)\))?(@(?P<nth>\d+))?"
)


class FailpointError(Exception):
    """What an armed `raise` failpoint raises."""


@dataclass
class Failpoint:
    """What happens at a named place, at its n-th hit."""

    name: str
    action: str
    seconds: float
    nth: int
    hits: int = 0


def armed(spec: str) -> dict[str, Failpoint]:
    """Read `<name>=kill|raise|sleep(<seconds>)[@<n-th hit>];…`; raises ValueError."""
    points: dict[str, Failpoint] = {}
    for part in filter(None, (piece.strip() for piece in spec.split(";"))):
        match = _SPEC.fullmatch(part)
        if match is None:
            raise ValueError(f"FAILPOINTS: cannot read {part!r}")
        points[match["name"]] = Failpoint(
            match["name"], match["action"], float(match["arg"] or 0), int(match["nth"] or 1)
        )
    return points


_points = armed(os.environ.get("FAILPOINTS", ""))


async def reach(name: str) -> None:
    """Fire the failpoint of this name if it is armed and this is its n-th hit."""
    if not _points:
        return
    point = _points.get(name)
    if point is None:
        return
    point.hits += 1
    if point.hits != point.nth:
        return
    _record(point)
    if point.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif point.action == "raise":
        raise FailpointError(name)
    else:
        await asyncio.sleep(point.seconds)


def _record(point: Failpoint) -> None:
    log = os.environ.get("FAILPOINTS_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{point.name} {point.action} pid={os.getpid()}\n")
