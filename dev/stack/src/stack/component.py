"""What the stack is made of."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from stack.errors import NotOurs
from stack.program import Program


class Component(ABC):
    """A server the stack offers. To add one: subclass it and start it in `stack.stack`."""

    @abstractmethod
    async def start(self) -> None:
        """Start and return when ready; on the same address and data when started before."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop in order; harmless when already stopped."""

    async def discard(self) -> None:  # noqa: B027 - what lies in the workspace goes with it
        """Take away what `stop` keeps for another start, if it lies elsewhere."""

    @property
    @abstractmethod
    def addresses(self) -> Mapping[str, str]:
        """What to show a person, by label: where the component can be reached."""


class Breakable(Component):
    """A component that can be broken on purpose, when it is a program of ours."""

    @property
    @abstractmethod
    def program(self) -> Program | None:
        """The program behind it; None when the server was given to us or not started yet."""

    def _our_program(self) -> Program:
        if self.program is None:
            raise NotOurs(f"{type(self).__name__} is no process of this stack")
        return self.program

    async def kill(self) -> None:
        """SIGKILL: a crash. `start` brings it back."""
        await self._our_program().kill()

    def pause(self) -> None:
        """SIGSTOP: connections stay open, nothing answers."""
        self._our_program().pause()

    def resume(self) -> None:
        """SIGCONT after `pause`."""
        self._our_program().resume()

    async def restart(self) -> None:
        """Stop in order and start again."""
        await self.stop()
        await self.start()
