"""What a crashed stack left is cleaned up, and nothing else is touched."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from stack.process_identity import ProcessIdentity
from stack.workspace import open_workspace, user_home

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("own_home")]


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def sleeper() -> Iterator[ProcessIdentity]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        identity = ProcessIdentity.of(process.pid)
        assert identity
        yield identity
        process.kill()


def leave_behind(owner: ProcessIdentity, **processes: ProcessIdentity) -> Path:
    path = user_home() / "stack-crashed"
    (path / "logs").mkdir(parents=True)
    record = {
        "owner": [owner.pid, owner.started],
        "processes": {name: [p.pid, p.started] for name, p in processes.items()},
    }
    (path / "processes.json").write_text(json.dumps(record))
    return path


def reused(identity: ProcessIdentity) -> ProcessIdentity:
    """Return who had the pid before."""
    return replace(identity, started="earlier")


def ourselves() -> ProcessIdentity:
    identity = ProcessIdentity.of(os.getpid())
    assert identity
    return identity


async def test_the_left_over_processes_and_files_of_a_dead_owner_go(
    sleeper: ProcessIdentity,
) -> None:
    path = leave_behind(reused(ourselves()), kafka=sleeper)
    notices: list[str] = []

    await open_workspace(notices.append)

    assert not path.exists()
    assert not sleeper.alive
    assert len(notices) == 1
    assert f"killed kafka ({sleeper.pid})" in notices[0]


async def test_a_process_that_got_a_reused_pid_is_spared(sleeper: ProcessIdentity) -> None:
    path = leave_behind(reused(ourselves()), kafka=reused(sleeper))
    notices: list[str] = []

    await open_workspace(notices.append)

    assert sleeper.alive
    assert not path.exists()
    assert "killed" not in notices[0]


async def test_a_running_stack_is_left_alone(sleeper: ProcessIdentity) -> None:
    path = leave_behind(ourselves(), kafka=sleeper)
    notices: list[str] = []

    await open_workspace(notices.append)

    assert sleeper.alive
    assert path.exists()
    assert notices == []


async def test_an_unreadable_record_is_a_crash_too() -> None:
    path = leave_behind(ourselves())
    (path / "processes.json").write_text("{")
    notices: list[str] = []

    await open_workspace(notices.append)

    assert not path.exists()
    assert len(notices) == 1
