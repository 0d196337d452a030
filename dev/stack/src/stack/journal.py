"""Show the logs of all programs as one, each line under its program's name."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from stack.log_line import render

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red", "bright_cyan")
_LOOK_EVERY_SECONDS = 0.1


@dataclass(slots=True)
class _Source:
    name: str
    path: Path
    colour: str
    shown: int = 0


@dataclass
class Journal:
    """Follows every `*.log` file of a directory, also those that appear later."""

    console: Console
    _directory: Path | None = field(default=None, init=False)
    _sources: dict[Path, _Source] = field(default_factory=dict[Path, _Source], init=False)
    _following: asyncio.Task[None] | None = field(default=None, init=False)

    def follow(self, directory: Path) -> None:
        """Begin to show what is written to the directory's logs."""
        self._directory = directory
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Show what is left and stop following."""
        if self._following:
            self._following.cancel()
            await asyncio.wait([self._following])
            self._following = None
            self._show_news()

    async def _follow(self) -> None:
        while True:
            self._show_news()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def _show_news(self) -> None:
        if self._directory is None:
            return
        for path in sorted(self._directory.glob("*.log")):
            source = self._sources.get(path) or self._add(path)
            for line in _new_lines(source):
                self._show(source, line)

    def _add(self, path: Path) -> _Source:
        colour = _COLOURS[len(self._sources) % len(_COLOURS)]
        self._sources[path] = _Source(path.stem, path, colour)
        return self._sources[path]

    def _show(self, source: _Source, line: str) -> None:
        text = Text(f"{source.name:<12} ", style=source.colour)
        self.console.print(text.append_text(render(line)), soft_wrap=True, highlight=False)


def _new_lines(source: _Source) -> list[str]:
    """Return the complete lines written since the last look."""
    with source.path.open("rb") as file:
        file.seek(source.shown)
        news, newline, _incomplete = file.read().rpartition(b"\n")
    source.shown += len(news) + len(newline)
    return news.decode(errors="replace").splitlines() if newline else []
