"""The directory one stack lives in, and what a crashed stack left in its own.

Each user has one home, `<temporary directory>/entente-<uid>`; each running stack has a directory
in it with its data, its logs and a record of its processes. A stack that starts looks for
directories whose owner has died, ends what still runs of them and removes them.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from stack.errors import StackError
from stack.file_lock import file_lock
from stack.process_identity import ProcessIdentity

# Others may pass through but not look in: PostgreSQL may run as another user than its data's home.
_PASSAGE = 0o711
_RECORD = "processes.json"


def user_home() -> Path:
    """Return this user's directory for stacks, made when missing; refuse one that is not ours."""
    home = Path(tempfile.gettempdir()) / f"entente-{os.geteuid()}"
    home.mkdir(mode=_PASSAGE, exist_ok=True)
    status = home.lstat()
    if home.is_symlink() or status.st_uid != os.geteuid():
        raise StackError(f"{home} belongs to another user; remove it or set TMPDIR")
    home.chmod(_PASSAGE)
    return home


@dataclass(slots=True)
class Workspace:
    """One stack's directory and the record of its processes."""

    path: Path
    _owner: ProcessIdentity
    _processes: dict[str, ProcessIdentity] = field(default_factory=dict[str, ProcessIdentity])

    @property
    def logs(self) -> Path:
        """Where each program's output goes, one `<name>.log` each."""
        return self.path / "logs"

    @property
    def spans(self) -> Path:
        """Where the services' spans go, one `<name>.jsonl` each."""
        return self.path / "spans"

    def directory(self, name: str) -> Path:
        """Make and return a directory for one component's files."""
        path = self.path / name
        path.mkdir(mode=_PASSAGE, exist_ok=True)
        return path

    def remember(self, name: str, process: ProcessIdentity) -> None:
        """Record a process, so that the next stack can end it if this one cannot."""
        self._processes[name] = process
        self._write()

    def forget(self, name: str) -> None:
        """Strike a process that has ended."""
        self._processes.pop(name, None)
        self._write()

    def remove(self) -> None:
        """Delete the directory with all data and logs."""
        # A server that just ended may still be deleting files of its own.
        shutil.rmtree(self.path, onerror=_ignore_what_is_gone)

    def _write(self) -> None:
        record = {
            "owner": [self._owner.pid, self._owner.started],
            "processes": {n: [p.pid, p.started] for n, p in self._processes.items()},
        }
        draft = self.path / f"{_RECORD}.draft"
        draft.write_text(json.dumps(record, indent=2))
        draft.replace(self.path / _RECORD)

    @classmethod
    def create(cls, home: Path) -> "Workspace":
        """Make a fresh workspace owned by the calling process."""
        owner = ProcessIdentity.of(os.getpid())
        if owner is None:
            raise StackError("cannot read this process's own start time")
        path = Path(tempfile.mkdtemp(prefix="stack-", dir=home))
        path.chmod(_PASSAGE)
        workspace = cls(path, owner)
        workspace.logs.mkdir(mode=0o700)
        workspace._write()
        return workspace


async def open_workspace(announce: Callable[[str], None]) -> Workspace:
    """Clean up after stacks that crashed, saying so in one line each, and make a workspace."""
    home = user_home()
    async with file_lock(home / "lock"):
        for path in sorted(home.glob("stack-*")):
            _clean_up_if_left_over(path, announce)
        return Workspace.create(home)


def _clean_up_if_left_over(path: Path, announce: Callable[[str], None]) -> None:
    owner, processes = _read_record(path)
    if owner and owner.alive:
        return
    killed = [f"{name} ({p.pid})" for name, p in processes.items() if _kill_tree(p)]
    shutil.rmtree(path, ignore_errors=True)
    by = f"the process {owner.pid}, which has died" if owner else "a process that has died"
    rest = f"; killed {', '.join(killed)}" if killed else ""
    announce(f"cleaned up a stack left over by {by}: removed {path}{rest}")


def _read_record(path: Path) -> tuple[ProcessIdentity | None, Mapping[str, ProcessIdentity]]:
    try:
        record = json.loads((path / _RECORD).read_text())
        processes = {name: ProcessIdentity(*p) for name, p in record["processes"].items()}
        return ProcessIdentity(*record["owner"]), processes
    except (OSError, ValueError, KeyError, TypeError):
        return None, {}


def _kill_tree(process: ProcessIdentity) -> bool:
    if not process.alive:
        return False
    with suppress(psutil.NoSuchProcess):
        leader = psutil.Process(process.pid)
        tree = [*leader.children(recursive=True), leader]
        for member in tree:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(tree, timeout=5)
    return True


def _ignore_what_is_gone(_function: object, _path: object, failure: Any) -> None:
    if not issubclass(failure[0], FileNotFoundError):
        raise failure[1]
