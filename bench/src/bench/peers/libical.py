"""libical, where its headers and a C compiler are installed (Debian: `libical-dev`, `gcc`)."""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.busy import Interval

_SOURCE = Path(__file__).with_name("libical.c")
_MOST_INSTANCES = 100_000

Expand = Callable[[bytes, Interval], list[Interval]]


def build(folder: Path) -> Expand | None:
    """Compile the driver into `folder`; return it, None where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "libical_driver.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", library, _SOURCE, "-lical"]
    built = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # our own source
    return _driver(ctypes.CDLL(str(library))) if built.returncode == 0 else None


def _driver(library: ctypes.CDLL) -> Expand:
    found = (ctypes.c_int64 * (2 * _MOST_INSTANCES))()
    instant = ctypes.c_int64
    library.expand.argtypes = (ctypes.c_char_p, instant, instant, type(found), ctypes.c_int)

    def expand(content: bytes, window: Interval) -> list[Interval]:
        count: int = library.expand(content, *window, found, _MOST_INSTANCES)
        if not 0 <= count <= _MOST_INSTANCES:
            raise ValueError("libical cannot read this calendar")
        return [(found[2 * i], found[2 * i + 1]) for i in range(count)]

    return expand
