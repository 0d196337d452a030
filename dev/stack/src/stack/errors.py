"""What can go wrong while the stack starts, said so that a person can act on it."""

from pathlib import Path


class StackError(Exception):
    """The stack cannot do what it was asked to do."""


class StartFailed(StackError):  # noqa: N818 - reads as what happened, like the log line it becomes
    """A program ended or stayed unready; carries the end of its log."""

    def __init__(self, name: str, reason: str, *, tail: str, log: Path) -> None:
        self.name = name
        self.reason = reason
        self.tail = tail
        quoted = "\n".join(f"  | {line}" for line in tail.splitlines()) or "  (no output)"
        super().__init__(f"{name} {reason}; the end of its log ({log}):\n{quoted}")


class PortInUse(StackError):  # noqa: N818 - see StartFailed
    """A port the stack was told to use belongs to somebody else."""

    def __init__(self, port: int, *, purpose: str, owner: str | None) -> None:
        self.port = port
        self.owner = owner
        by = owner or "a process of another user"
        super().__init__(f"port {port}, wanted for {purpose}, is in use by {by}")


class NotOurs(StackError):  # noqa: N818 - see StartFailed
    """A fault was asked of a server that this stack did not start."""
