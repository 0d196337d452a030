"""`python -m stack` as people run it: it says what it does and leaves nothing behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.integration

_START_SECONDS = 120
_END_SECONDS = 90
_NOBODY = 65534
_LIGHT = ("--only", "postgres,mail")
_WHOLE = ("--only", "postgres,kafka,mail")


@dataclass
class Home:
    """A temporary directory for stacks, and what runs and lies in it."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])
    user: int | None = None
    started: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    @property
    def output(self) -> str:
        return (self.path / "output").read_text()

    def run(self, *arguments: str, command: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Start the entry point, its output in a file that is emptied before."""
        with (self.path / "output").open("wb") as output:
            process = subprocess.Popen(
                command or (sys.executable, "-m", "stack", *arguments),
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TMPDIR": str(self.path), **self.environment},
                cwd=self.path,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        self.started.append(process)
        return process

    def says(self, pattern: str) -> bool:
        return re.search(pattern, self.output, re.MULTILINE) is not None

    def wait_for(self, pattern: str) -> None:
        """Wait for a line of output; fail when the process ends or stays silent."""
        eventually(
            lambda: self.says(pattern) or self.started[-1].poll() is not None,
            f"no line matches {pattern!r}",
            seconds=_START_SECONDS,
        )
        assert self.says(pattern), self.output

    def processes(self) -> list[str]:
        """Return the names of the processes that were started in this home and still run."""
        names: list[str] = []
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):  # it may end while it is looked at
                names.append(process.name())
        return names

    def stacks(self) -> list[Path]:
        return list(self.path.glob("entente-*/stack-*"))

    def remove(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()
        for orphan in self._processes():
            with suppress(psutil.NoSuchProcess):
                orphan.kill()
                orphan.wait()
        shutil.rmtree(self.path)

    def _processes(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if self._owns(process)]

    def _owns(self, process: psutil.Process) -> bool:
        try:
            zombie = process.status() == psutil.STATUS_ZOMBIE
            return not zombie and process.environ().get("TMPDIR") == str(self.path)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


@pytest.fixture
def home() -> Iterator[Home]:
    # Not pytest's own: PostgreSQL may run as another user, who must be able to pass.
    path = Path(tempfile.mkdtemp(prefix="entente-test-"))
    path.chmod(0o755)
    home = Home(path)
    yield home
    home.remove()


def eventually(holds: Callable[[], object], failure: str, *, seconds: float = _END_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, failure
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_it_and_nothing_is_left(home: Home, number: signal.Signals) -> None:
    entry = home.run(*_LIGHT)
    home.wait_for("^ready")
    assert "postgres" in home.processes()

    entry.send_signal(number)

    assert entry.wait(_END_SECONDS) == 0
    assert home.processes() == []
    assert home.stacks() == []


def test_a_signal_during_the_start_leaves_nothing_either(home: Home) -> None:
    entry = home.run(*_WHOLE)
    eventually(lambda: home.stacks() and len(home.processes()) > 1, "nothing was started")

    entry.terminate()

    assert entry.wait(_END_SECONDS) == 0
    assert home.processes() == []
    assert home.stacks() == []


def test_the_whole_stack_shows_its_addresses_and_logs(home: Home) -> None:
    entry = home.run(*_WHOLE)
    home.wait_for("^ready")
    assert home.says(r"^PostgreSQL +postgresql://\S+@127\.0\.0\.1:\d+/postgres$")
    assert home.says(r"^Kafka +127\.0\.0\.1:\d+$")
    assert home.says(r"^Mail +http://127\.0\.0\.1:\d+/$")
    assert home.says("^postgres +.*ready to accept connections")
    entry.terminate()
    assert entry.wait(_END_SECONDS) == 0


def test_all_children_die_with_it_and_the_next_start_removes_the_rest(home: Home) -> None:
    entry = home.run(*_WHOLE)
    home.wait_for("^ready")

    entry.kill()
    entry.wait()
    eventually(lambda: home.processes() == [], f"still running: {home.processes()}")
    (left,) = home.stacks()

    home.run(*_LIGHT)
    home.wait_for(f"cleaned up a stack left over by the process {entry.pid}, .*{left}")
    home.wait_for("^ready")
    assert not left.exists()


def test_an_orphan_that_a_crash_left_is_killed_at_the_next_start(home: Home) -> None:
    entry = home.run(*_LIGHT)
    home.wait_for("^ready")
    (postmaster,) = (
        process for process in psutil.Process(entry.pid).children() if process.name() == "postgres"
    )
    postmaster.suspend()  # it cannot heed the signal that tells it of our death

    entry.kill()
    entry.wait()
    assert postmaster.is_running()
    home.run(*_LIGHT)

    home.wait_for(rf"killed .*postgres \({postmaster.pid}\)")
    home.wait_for("^ready")


def test_it_stops_when_its_parent_dies(home: Home) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'stack', *sys.argv[1:]])"
    parent = home.run(command=(sys.executable, "-c", code, *_LIGHT))
    home.wait_for("^ready")

    parent.kill()
    parent.wait()

    eventually(lambda: home.processes() == [], "the stack outlives its parent")
    assert home.stacks() == []


def test_a_port_in_use_is_named(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        entry = home.run("--only", "mail", "--port", f"smtp={port}")
        assert entry.wait(_START_SECONDS) == 1
    assert f"port {port}, wanted for SMTP, is in use by" in home.output
    assert f"(pid {os.getpid()})" in home.output
    assert home.stacks() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="runs as an ordinary user already")
def test_it_runs_as_an_ordinary_user(home: Home) -> None:
    interpreter = _interpreter_for_nobody()
    home.user = _NOBODY
    home.environment = {"HOME": str(home.path), "PYTHONPATH": os.pathsep.join(sys.path)}
    os.chown(home.path, _NOBODY, _NOBODY)

    entry = home.run(command=(interpreter, "-m", "stack", *_LIGHT))
    home.wait_for("^ready")
    entry.terminate()

    assert entry.wait(_END_SECONDS) == 0
    assert home.processes() == []
    assert home.stacks() == []


def _interpreter_for_nobody() -> str:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    probe = "import sys, pathlib; pathlib.Path(sys.argv[1]).read_text()"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            subprocess.run(
                (candidate, "-c", probe, psutil.__file__),
                user=_NOBODY,
                group=_NOBODY,
                extra_groups=[],
                cwd="/",
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.skip(f"no {version} here that an ordinary user can run with this environment's packages")
