"""The Java on this machine, and what makes a second start of the broker cheap."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_OLDEST = 17
# The JVM would name each class it leaves out of an archive.
_QUIET = ("-Xlog:disable", "-Xlog:all=error:stderr")


@dataclass(frozen=True, slots=True)
class Java:
    """A `java` program and its version, like 17.0.15."""

    program: str
    version: str


@dataclass(frozen=True, slots=True)
class ClassArchive:
    """The JVM's memory of the classes it loaded (JEP 350): halves the work of a start.

    The first broker that stops in order writes it beside the jars; later ones read it. A JVM that
    cannot use it starts as without.
    """

    path: Path
    draft: Path

    @classmethod
    def beside(cls, libraries: Path, java: Java, *, writer: str) -> "ClassArchive":
        """Name the archive for these jars and this Java; `writer` tells concurrent drafts apart."""
        name = f"{libraries.name}-java-{java.version}.jsa"
        return cls(libraries.with_name(name), libraries.with_name(f".{writer}-{name}"))

    @property
    def options(self) -> tuple[str, ...]:
        """JVM options that use the archive, or else write it."""
        if self.path.exists():
            return (*_QUIET, f"-XX:SharedArchiveFile={self.path}")
        return (*_QUIET, f"-XX:ArchiveClassesAtExit={self.draft}")

    def keep(self) -> None:
        """Make what was written at exit, if anything, the archive of later starts."""
        if self.draft.exists():
            self.draft.replace(self.path)


def find_java() -> Java | None:
    """Return the Java of JAVA_HOME, else of the path, when it is new enough for Kafka."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if program is None:
        return None
    try:
        answer = subprocess.run([program, "-version"], capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "((\d+)[^"]*)"', answer.stderr.decode(errors="replace"))
    return Java(program, found[1]) if found and int(found[2]) >= _OLDEST else None
