"""Where a benchmark ran: what must be known to read its numbers."""

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import asyncpg
from stack.kafka.broker import KafkaBroker
from stack.postgres.server import PostgresServer
from stack.stack import Stack

_DISTRIBUTIONS = (
    "aiokafka",
    "asyncpg",
    "faststream",
    "opentelemetry-sdk",
    "pydantic",
    "sqlalchemy",
)


def load_average() -> tuple[float, float, float]:
    """Return how many tasks wanted to run, over the last 1, 5 and 15 minutes."""
    return os.getloadavg()


def describe() -> dict[str, Any]:
    """Return the machine, the versions and the commit, fit for JSON."""
    return {
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": sys.version,
        "versions": {name: version(name) for name in _DISTRIBUTIONS},
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(_git("status", "--porcelain", "--untracked-files=no")),
    }


async def describe_servers(stack: Stack) -> dict[str, str]:
    """Return which servers the stack runs, fit for JSON; an in-memory Kafka is named as one."""
    found: dict[str, str] = {}
    for component in stack.components:
        if isinstance(component, PostgresServer):
            found["postgres"] = await _postgres_version(component)
        elif isinstance(component, KafkaBroker):
            found["kafka"] = "real" if component.real else "in-memory: read its ratios with care"
    return found


async def _postgres_version(server: PostgresServer) -> str:
    connection: Any = await asyncpg.connect(server.admin_dsn)  # pyright: ignore[reportUnknownMemberType]  # partly untyped
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _git(*arguments: str) -> str | None:
    try:
        answer = subprocess.run(  # noqa: S603  # constant arguments
            ("git", *arguments),  # noqa: S607  # the git of the path is the developer's own
            cwd=Path(__file__).parent,
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()
