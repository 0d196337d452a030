"""The operators' pages, whose commands the tests run."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Page:
    """A page of docs, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._text = (ROOT / "docs" / name).read_text()

    def block(self, beginning: str, *, language: str = "sh") -> str:
        """Return the one block of code in which a line begins like this."""
        blocks = re.findall(rf"```{language}\n(.*?)```", self._text, re.DOTALL)
        found = [b for b in blocks if re.search(rf"^{re.escape(beginning)}", b, re.MULTILINE)]
        assert len(found) == 1, f"{self._name}: {len(found)} blocks with {beginning!r}"
        return found[0]

    def command(self, beginning: str) -> str:
        """Return the one command that begins like this."""
        commands = self.block(beginning).replace("\\\n", " ").splitlines()
        (command,) = [line for line in commands if line.startswith(beginning)]
        return command


INSTALL = Page("install-on-kubernetes.md")
OPERATE = Page("operating.md")
