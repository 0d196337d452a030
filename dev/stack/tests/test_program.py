"""A program starts, proves ready, ends and fails in a bounded time and with its log."""

import sys
from pathlib import Path

import pytest
from stack import StartFailed
from stack.process_identity import ProcessIdentity
from stack.program import Command, Program
from stack.readiness import says
from stack.workspace import Workspace

pytestmark = pytest.mark.unit


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path)


def python(
    workspace: Workspace, code: str, *, ready: str = "ready", timeout: float = 20
) -> Program:
    return Program(
        name="worker",
        command=Command(arguments=(sys.executable, "-u", "-c", code)),
        workspace=workspace,
        ready=says(ready),
        start_timeout=timeout,
        grace=5,
    )


async def test_it_runs_until_it_is_stopped(workspace: Workspace) -> None:
    program = python(workspace, "import time; print('ready'); time.sleep(60)")
    await program.start()
    assert program.running
    await program.stop()
    assert not program.running
    assert program.exit_code == -15


async def test_one_that_ends_before_it_is_ready_fails_with_its_log(workspace: Workspace) -> None:
    program = python(workspace, "print('no space left'); raise SystemExit(3)")
    with pytest.raises(StartFailed, match="ended with exit code 3") as failed:
        await program.start()
    assert failed.value.tail == "no space left"


async def test_one_that_is_never_ready_fails_within_its_bound(workspace: Workspace) -> None:
    program = python(workspace, "import time; print('busy'); time.sleep(60)", timeout=0.5)
    with pytest.raises(StartFailed, match=r"within 0\.5 s: no line matches 'ready'") as failed:
        await program.start()
    assert failed.value.tail == "busy"
    await program.kill()


async def test_an_unknown_program_fails_with_its_name(workspace: Workspace) -> None:
    program = Program(
        name="worker",
        command=Command(arguments=("no-such-program",)),
        workspace=workspace,
        ready=says("ready"),
    )
    with pytest.raises(StartFailed, match="cannot run no-such-program"):
        await program.start()


async def test_one_that_ignores_its_stop_signal_is_killed(workspace: Workspace) -> None:
    program = python(
        workspace,
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready'); time.sleep(60)",
    )
    await program.start()
    await program.terminate(grace=0.2)
    assert program.exit_code == -9


async def test_its_children_go_with_it(workspace: Workspace) -> None:
    child = "import time; time.sleep(60)"
    program = python(
        workspace,
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {child!r}]);"
        "print('ready', p.pid); p.wait()",
        ready=r"ready (\d+)",
    )
    await program.start()
    found = program.find(r"ready (\d+)")
    assert found
    await program.kill()
    assert ProcessIdentity.of(int(found[1])) is None


async def test_a_paused_program_can_be_stopped(workspace: Workspace) -> None:
    program = python(workspace, "import time; print('ready'); time.sleep(60)")
    await program.start()
    program.pause()
    await program.stop()
    assert program.exit_code == -15


async def test_readiness_looks_only_at_the_present_run(workspace: Workspace) -> None:
    marker = workspace.path / "started-before"
    program = python(
        workspace,
        f"import pathlib, time; m = pathlib.Path({str(marker)!r}); "
        "print('ready' if not m.exists() else 'not yet'); m.touch(); time.sleep(60)",
        timeout=1,
    )
    await program.start()
    await program.kill()
    with pytest.raises(StartFailed, match="was not ready"):
        await program.start()
    await program.kill()
    assert program.tail() == "ready\nnot yet"
