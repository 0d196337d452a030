"""Java programs from Maven Central, resolved once per user and kept."""

import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stack.file_lock import file_lock
from stack.program import Command, Program
from stack.workspace import Workspace, user_home

_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_RESOLVE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Artifact:
    """Maven coordinates. With a classifier the artifact alone is meant, not what it needs."""

    group: str
    name: str
    version: str
    classifier: str | None = None


class Maven:
    """Resolves artifacts with the `mvn` on the path."""

    def __init__(self, workspace: Workspace, *, cache: Path | None = None) -> None:
        self._workspace = workspace
        self._cache = cache or _cache_directory()

    @staticmethod
    def available() -> bool:
        """Whether `mvn` is on the path."""
        return shutil.which("mvn") is not None

    async def libraries(self, name: str, artifacts: tuple[Artifact, ...]) -> Path:
        """Return a directory with the jars of the artifacts; raise StartFailed if there is none.

        Two stacks that ask at once resolve once; a directory is complete or absent.
        """
        complete = self._cache / f"{name}-{artifacts[0].version}"
        async with file_lock(complete.with_name(f"{complete.name}.lock")):
            if not complete.exists():
                await self._resolve(name, artifacts, complete)
        return complete

    async def _resolve(self, name: str, artifacts: tuple[Artifact, ...], complete: Path) -> None:
        draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=self._cache))
        try:
            (draft / "pom.xml").write_text(_pom(artifacts))
            await Program(
                name=f"maven-{name}",
                command=Command(
                    arguments=(
                        *("mvn", "-q", "-B", _COPY, "-DincludeScope=runtime"),
                        f"-DoutputDirectory={draft / 'jars'}",
                    ),
                    environment=_writable_home(draft),
                    directory=draft,
                ),
                workspace=self._workspace,
                start_timeout=_RESOLVE_SECONDS,
            ).complete()
            (draft / "jars").rename(complete)
        finally:
            shutil.rmtree(draft)


def _pom(artifacts: tuple[Artifact, ...]) -> str:
    return f"""\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>entente</groupId>
  <artifactId>stack</artifactId>
  <version>1</version>
  <dependencies>{"".join(_dependency(artifact) for artifact in artifacts)}
  </dependencies>
</project>
"""


def _dependency(artifact: Artifact) -> str:
    alone = (
        f"""
      <classifier>{artifact.classifier}</classifier>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"""
        if artifact.classifier
        else ""
    )
    return f"""
    <dependency>
      <groupId>{artifact.group}</groupId>
      <artifactId>{artifact.name}</artifactId>
      <version>{artifact.version}</version>{alone}
    </dependency>"""


def _cache_directory() -> Path:
    """Return the user's cache, or one beside the stacks for users without a home."""
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    try:
        (Path(base) / "entente").mkdir(parents=True, exist_ok=True)
    except OSError:
        fallback = user_home() / "cache"
        fallback.mkdir(exist_ok=True)
        return fallback
    return Path(base) / "entente"


def _writable_home(draft: Path) -> dict[str, str]:
    """Let Maven keep its downloads in the draft where the user's home cannot take them.

    That home is the account's: Java does not look at HOME.
    """
    try:
        home = pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        home = ""
    if os.access(home, os.W_OK):
        return {}
    return {"MAVEN_OPTS": f"-Dmaven.repo.local={draft / 'repository'} -Duser.home={draft}"}
