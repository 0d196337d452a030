"""ical.js, unmodified and run by Node.js: asks it what it finds in calendars."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from corpora import Found

SCRIPT = Path(__file__).parent / "icaljs"
CACHE = Path(__file__).parents[4] / ".cache" / "icaljs"
INSTALLATION_SECONDS = 240
EXPANSION_SECONDS = 120
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """A calendar, the Unix time at which to stop, and the IANA zone of its floating times."""

    name: str
    text: str
    end: int
    zone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What ical.js finds in a calendar, and why it gives up a UID, or all of it (None)."""

    found: Found
    errors: dict[str | None, str]


class IcalJs:
    """The engine, installed from its lock file once per version of that file."""

    def __init__(self) -> None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up("ical.js was NOT compared with: it needs Node.js 20 or newer and npm")
        self._node = node
        self._script = _installed(npm)

    def answer(self, questions: Iterable[Question]) -> dict[str, Answer]:
        """Return an answer to each question by its name."""
        done = subprocess.run(  # noqa: S603 - our own script
            [self._node, self._script],
            input=json.dumps([asdict(question) for question in questions]),
            check=True,
            capture_output=True,
            text=True,
            timeout=EXPANSION_SECONDS,
        )
        answers: dict[str, Any] = json.loads(done.stdout)
        return {name: _answer(answer) for name, answer in answers.items()}


def _installed(npm: str) -> Path:
    digest = hashlib.sha256((SCRIPT / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = CACHE / digest
    home.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "installed").exists():
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(SCRIPT / name, home)
            subprocess.run(  # noqa: S603 - our own lock file
                [npm, "ci"], cwd=home, check=True, capture_output=True, timeout=INSTALLATION_SECONDS
            )
            (home / "installed").touch()
        return Path(shutil.copy(SCRIPT / "expand.mjs", home))


def _answer(answer: dict[str, Any]) -> Answer:
    return Answer(
        {(uid, _moment(start), _moment(end)) for uid, start, end in answer["occurrences"]},
        dict(answer["errors"]),
    )


def _moment(written: int | str) -> date:
    if isinstance(written, int):
        return EPOCH + timedelta(seconds=written)
    return date.fromisoformat(written)
