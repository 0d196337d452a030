"""The Docker engine of this machine."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

_PATIENCE_SECONDS = 300.0


class CommandError(Exception):
    """A command ended with another exit code than 0; has all that it said."""


async def run(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """Return what a command prints, on both ways; raises CommandError."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise CommandError(f"{command}\n{said.decode()}")
    return said.decode()


async def inspect(*names: str) -> list[Any]:
    """Return what the engine knows of containers or images."""
    return json.loads(await run("docker", "inspect", *names)) if names else []


async def missing(images: Iterable[str]) -> str | None:
    """Return why containers of these images cannot be run, None when they can."""
    try:
        await run("docker", "version")
        await run(*await compose_command(), "version")
        await run("docker", "image", "inspect", *images)
    except (CommandError, OSError) as error:
        reason = str(error).splitlines()[-1]
        return f"needs a Docker engine, Compose and what `make images` builds: {reason}"
    return None


async def compose_command() -> tuple[str, ...]:
    """Return the plugin where there is one, else the program of its own."""
    try:
        await run("docker", "compose", "version")
    except CommandError:
        return ("docker-compose",)
    return ("docker", "compose")
