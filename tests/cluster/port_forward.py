"""A way into the cluster for those who are not in it."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from release import NAMESPACE, Release


@asynccontextmanager
async def forwarded(release: Release, target: str) -> AsyncGenerator[str]:
    """Yield a URL on loopback that leads to `pod/<name>`, or to one behind `service/<name>`."""
    process = await asyncio.create_subprocess_exec(
        *("kubectl", "--namespace", NAMESPACE, "port-forward", target, ":8080"),
        stdout=asyncio.subprocess.PIPE,
        env=release.cluster.environment,
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        assert found, line
        yield f"http://{found[0]}"
    finally:
        if process.returncode is None:  # it ends by itself where nobody listens
            process.terminate()
        await process.wait()
