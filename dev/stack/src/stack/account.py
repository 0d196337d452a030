"""PostgreSQL refuses to run as root; root therefore runs it as somebody else."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group to run a program as."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        os.chown(path, self.uid, self.gid)


def unprivileged_account() -> Account | None:
    """Return whom to become for programs that refuse root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StackError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
