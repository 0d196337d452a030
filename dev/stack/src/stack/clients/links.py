"""ICS links: files in a folder that somebody serves."""

from pathlib import Path


class LinkFolder:
    """Publishes calendars in `folder`, which is served at `url`."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url.rstrip("/")

    def url(self, name: str) -> str:
        """Return a file's link."""
        return f"{self._url}/{name}"

    def published(self) -> list[str]:
        """Return the names of all files."""
        return [file.name for file in self._folder.iterdir()]

    def publish(self, name: str, content: str) -> str:
        """Write a whole calendar under a name, in place of an older one; return its link."""
        draft = self._folder / f".{name}"
        draft.write_text(content, encoding="utf-8", newline="")
        draft.replace(self._folder / name)
        return self.url(name)
