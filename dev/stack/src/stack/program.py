"""A program the stack runs: start it, know when it is ready, stop it, break it on purpose."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from stack import launch
from stack.account import Account
from stack.errors import StartFailed
from stack.polling import becomes_true
from stack.process_identity import ProcessIdentity
from stack.workspace import Workspace

Readiness = Callable[["Program"], Awaitable[str | None]]
"""Looks once; returns None when the program is ready, else what is still missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What to run. `environment` is added to ours; `account` None means as ourselves.

    `when_orphaned` is the signal the program gets when this process dies without stopping it.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    directory: Path | None = None
    account: Account | None = None
    when_orphaned: signal.Signals = signal.SIGKILL


@dataclass(kw_only=True)
class Program:
    """One program under its name; may be started again after it has ended, log kept.

    Its output goes straight to a file, so that it neither blocks nor is lost while this process
    is busy or dead; `shown=False` keeps it out of the journal. Times are in seconds. The thread
    that calls `start` must live as long as the program: Linux takes that thread for the parent.
    """

    name: str
    command: Command
    workspace: Workspace
    ready: Readiness | None = None
    start_timeout: float = 180
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10
    shown: bool = True
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _output_from: int = field(default=0, init=False)

    @property
    def log(self) -> Path:
        """The file with everything the program has written, over all its starts."""
        return self.workspace.logs / f"{self.name}.{'log' if self.shown else 'unshown'}"

    @property
    def pid(self) -> int | None:
        """The pid while it runs, else None."""
        return self._process.pid if self._process and self.running else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended; a paused program counts as running."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code of the last run, negative for a signal; None before its end."""
        return self._process.poll() if self._process else None

    def output(self) -> str:
        """Return what the program has written since its latest start."""
        with self.log.open("rb") as file:
            file.seek(self._output_from)
            return file.read().decode(errors="replace")

    def find(self, pattern: str) -> re.Match[str] | None:
        """Return the first match in the output since the latest start."""
        return re.search(pattern, self.output(), re.MULTILINE)

    def tail(self, lines: int = 30) -> str:
        """Return the last lines of the log."""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 64 * 1024))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])

    async def start(self) -> None:
        """Start and wait until ready; raise StartFailed when it ends or stays unready."""
        if self.running:
            return
        self._spawn()
        if self.ready:
            await self._wait_until_ready(self.ready)

    async def complete(self) -> None:
        """Run to the end, for programs that do one thing; raise StartFailed unless it exits 0."""
        self._spawn()
        try:
            if not await self._ends_within(self.start_timeout):
                raise self._failure(f"did not end within {self.start_timeout:g} s")
            if self.exit_code != 0:
                raise self._failure(f"ended with exit code {self.exit_code}")
        finally:
            await self.kill()

    async def stop(self) -> None:
        """End it with its stop signal, and with SIGKILL when it outlives its grace."""
        await self.terminate()

    async def terminate(
        self, *, with_signal: signal.Signals | None = None, grace: float | None = None
    ) -> None:
        """Send a signal (default: its stop signal), wait, then SIGKILL what remains of its tree."""
        process = self._process
        if process is None:
            return
        descendants = self._descendants()
        if self.running:
            process.send_signal(with_signal or self.stop_signal)
            self._signal_tree(signal.SIGCONT)
            if not await self._ends_within(self.grace if grace is None else grace):
                process.kill()
        await self._bury(descendants)

    async def kill(self) -> None:
        """SIGKILL it, as a crash or the out-of-memory killer would, and wait for its end."""
        if self._process is None:
            return
        descendants = self._descendants()
        self._process.kill()
        await self._bury(descendants)

    def pause(self) -> None:
        """SIGSTOP it and its children: alive for the system, silent for its clients."""
        self._signal_tree(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT it and its children."""
        self._signal_tree(signal.SIGCONT)

    def _spawn(self) -> None:
        account = self.command.account
        with self.log.open("ab") as log:
            self._output_from = log.tell()
            self._process = subprocess.Popen(
                (
                    *(sys.executable, "-I", "-S", launch.__file__),
                    str(os.getpid()),
                    str(int(self.command.when_orphaned)),
                    f"{account.uid}:{account.gid}" if account else "-",
                    *self.command.arguments,
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.command.environment},
                cwd=self.command.directory,
                start_new_session=True,  # a Ctrl-C at the terminal is for us; we stop in order
            )
        identity = ProcessIdentity.of(self._process.pid)
        if identity:
            self.workspace.remember(self.name, identity)

    async def _wait_until_ready(self, ready: Readiness) -> None:
        deadline = time.monotonic() + self.start_timeout
        pause = 0.02
        while True:
            missing = await ready(self)
            if not self.running:
                raise self._failure(f"ended with exit code {self.exit_code} before it was ready")
            if missing is None:
                return
            if time.monotonic() > deadline:
                raise self._failure(f"was not ready within {self.start_timeout:g} s: {missing}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    def _failure(self, reason: str) -> StartFailed:
        return StartFailed(self.name, reason, tail=self.tail(), log=self.log)

    async def _ends_within(self, seconds: float) -> bool:
        return await becomes_true(lambda: not self.running, within=seconds)

    def _descendants(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            if self.pid:
                return psutil.Process(self.pid).children(recursive=True)
        return []

    def _signal_tree(self, number: signal.Signals) -> None:
        if self._process and self.running:
            self._process.send_signal(number)
            for descendant in self._descendants():
                with suppress(psutil.NoSuchProcess):
                    descendant.send_signal(number)

    async def _bury(self, descendants: list[psutil.Process]) -> None:
        await becomes_true(lambda: not self.running)
        for descendant in descendants:
            with suppress(psutil.NoSuchProcess):
                descendant.kill()
        await becomes_true(lambda: not any(map(_runs, descendants)))
        self.workspace.forget(self.name)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
