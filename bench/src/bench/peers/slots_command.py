"""Another implementation of free slots, started once as a command that reads a search a line."""

import asyncio
import json
import shlex
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from bench.busy import Interval
from bench.suite import WrongAnswerError

_LONGEST_LINE = 1 << 20
_PATIENCE_SECONDS = 5.0


class Answer(BaseModel, frozen=True):
    """The starts in order, and the seconds of processor time that finding them took."""

    starts: tuple[int, ...]
    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class AskedHost:
    """An IANA zone, hours per weekday (minutes after midnight, Monday first), busy time."""

    zone: str
    weekly: Sequence[Sequence[tuple[int, int]]]
    busy: Sequence[Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSearch:
    """A search as it is sent; times are Unix seconds.

    `mode` is `collective` (the starts at which all hosts are free) or `any` (at least one is).
    Starts lie within the window, on multiples of the step; a meeting may end after the window.
    """

    mode: str
    window: Interval
    duration: int
    step: int
    hosts: Sequence[AskedHost]

    @property
    def line(self) -> bytes:
        """The search as JSON on a line of its own."""
        return json.dumps(asdict(self)).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class SlotsCommand:
    """The command, while it runs."""

    command: str
    process: Process

    async def find(self, search: AskedSearch) -> Answer:
        """Return what it answers; raises WrongAnswerError where that is no answer."""
        writer, reader = self.process.stdin, self.process.stdout
        if writer is None or reader is None:
            raise RuntimeError("the command was started without pipes")
        with suppress(ConnectionError):  # that it has ended is told by its silence
            writer.write(search.line)
            await writer.drain()
        line = await reader.readline()
        if not line:
            raise WrongAnswerError(f"{self.command}: ended before it answered")
        try:
            return Answer.model_validate_json(line)
        except ValidationError as error:
            raise WrongAnswerError(f"{self.command}: not an answer: {line[:80]!r}") from error


@asynccontextmanager
async def running(command: str) -> AsyncGenerator[SlotsCommand]:
    """Start the command; yield it; end its input, and so the command, with the block."""
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command), stdin=PIPE, stdout=PIPE, limit=_LONGEST_LINE
    )
    try:
        yield SlotsCommand(command, process)
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
