"""`python -m stack` as a newcomer runs it: it says where to look, answers, and leaves nothing."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from journal.lab.eventually import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

_START_SECONDS = 400


@pytest.fixture
def home() -> Iterator[Path]:
    # Not pytest's own: PostgreSQL may run as another user, who must be able to pass.
    path = Path(tempfile.mkdtemp(prefix="entente-demo-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


async def test_the_demo_answers_its_first_question_and_ends_cleanly(home: Path) -> None:
    output = home / "output"
    with output.open("wb") as file:
        demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stack"),
            stdout=file,
            stderr=file,
            env={**os.environ, "TMPDIR": str(home)},
        )
    try:
        said = await eventually(
            partial(asyncio.to_thread, output.read_text),
            lambda text: "\nready" in text or demo.returncode is not None,
            within=_START_SECONDS,
        )
        for label in ("PostgreSQL", "Kafka", "Mail", "CalDAV", "connector API", "availability API"):
            assert re.search(rf"^{label} +\S+:", said, re.MULTILINE), said

        hosts = await eventually(lambda: first_answer(said), are_known)
        assert all(any(one["state"] == "busy" for one in host["busy"]) for host in hosts)
    finally:
        if demo.returncode is None:
            demo.send_signal(signal.SIGINT)
        code = await demo.wait()
    assert code == 0
    assert stacks(home) == []


async def first_answer(said: str) -> list[Any]:
    """Run the commands that the demo suggests; return the hosts in what they print."""
    commands = re.search(r"^  TOKEN=.*?\}'$", said, re.MULTILINE | re.DOTALL)
    assert commands, said
    shell = await asyncio.create_subprocess_shell(
        commands.group(), stdout=asyncio.subprocess.PIPE, executable="/bin/bash"
    )
    answer, _ = await shell.communicate()
    return json.loads(answer)["hosts"]


def are_known(hosts: list[Any]) -> bool:
    return all(
        host.get("busy") and all(one["state"] != "unknown" for one in host["busy"])
        for host in hosts
    )


def stacks(home: Path) -> list[Path]:
    return list(home.glob("entente-*/stack-*"))
