"""Has records sent at times that were set before, whatever becomes of those before them."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from messaging.settings import KafkaSettings

_PROGRAM = "bench.sending"


class Sendable(Protocol):
    """A record as it travels."""

    @property
    def key(self) -> str:
        """Its key."""
        ...

    @property
    def value(self) -> bytes:
        """Its body: text."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""
        ...


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender that is connected and has its records."""

    process: asyncio.subprocess.Process
    per_second: float

    async def send(self) -> float:
        """Have it send all records; return when the first was due, in seconds of `time.time`."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the sender was started without pipes")
        self.process.stdin.write(b"go\n")
        await self.process.stdin.drain()
        return float(await self.process.stdout.readline())

    async def finished(self) -> None:
        """Return when all records are acknowledged."""
        if await self.process.wait():
            raise RuntimeError("the sender failed")


@asynccontextmanager
async def sender(
    kafka: KafkaSettings, topic: str, records: Sequence[Sendable], *, per_second: float
) -> AsyncGenerator[Sender]:
    """Yield a sender of these records; it is ended with the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", _PROGRAM, kafka.bootstrap_servers, topic, str(per_second)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the sender was started without pipes")
        process.stdin.writelines(_written(record) for record in records)
        process.stdin.write(b"\n")
        await process.stdin.drain()
        await process.stdout.readline()
        yield Sender(process, per_second)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _written(record: Sendable) -> bytes:
    line = {"key": record.key, "value": record.value.decode(), "headers": dict(record.headers)}
    return json.dumps(line).encode() + b"\n"
