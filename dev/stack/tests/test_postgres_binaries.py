"""PostgreSQL's programs are found, and copied where their user cannot reach them."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from stack.account import Account, unprivileged_account
from stack.postgres import binaries

pytestmark = pytest.mark.unit


@pytest.fixture
def temporary_directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", path)
        yield Path(path)


async def test_unreachable_programs_are_copied_to_where_the_account_can_run_them(
    temporary_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot_run(program: Path, account: Account) -> bool:
        del program, account
        return False

    monkeypatch.setattr(binaries, "_can_run", cannot_run)
    account = unprivileged_account() or Account(os.getuid(), os.getgid())

    programs = await binaries.programs_for(account)

    assert programs.is_relative_to(temporary_directory)
    assert _version(programs / "postgres", account).startswith("postgres (PostgreSQL) 18")
    assert await binaries.programs_for(account) == programs


def test_root_becomes_an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    account = unprivileged_account()
    assert account
    assert pwd.getpwuid(account.uid).pw_name in {"postgres", "nobody"}


def test_an_ordinary_user_stays_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unprivileged_account() is None


def _version(program: Path, account: Account) -> str:
    answer = subprocess.run(
        [program, "--version"],
        user=account.uid,
        group=account.gid,
        capture_output=True,
        check=True,
        text=True,
    )
    return answer.stdout
