"""Where commands print: as wide as a terminal is, and without a limit into files and pipes."""

import sys
from typing import Any

from rich.console import Console

_UNLIMITED = 10_000


def say(*things: Any, **how: Any) -> None:
    """Print things, as rich's `Console.print`; what a program reads is never cut short."""
    console = Console(width=None if sys.stdout.isatty() else _UNLIMITED)
    console.print(*things, **how)
