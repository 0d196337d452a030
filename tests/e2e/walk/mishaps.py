"""What goes wrong around Entente: services are killed, mail servers refuse or break off."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

from walk.history import History
from walk.stage import Stage

_LONGEST_AWAY = 4.0
_MOST_AWAY = 2
_LONGEST_ILL = 3.0


@dataclass
class Mishaps:
    """Breaks and mends; at most two services at a time are away."""

    stage: Stage
    history: History
    _turns: Iterator[str] = field(init=False)
    _away: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self._turns = cycle(self.stage.entente.stack.services)

    async def kill(self, chance: Random) -> tuple[None, str]:
        """Kill the next service as the out-of-memory killer would; start it a while later."""
        if len(self._away) >= _MOST_AWAY:
            return None, "enough are away"
        name = next(name for name in self._turns if name not in self._away)
        self._away.add(name)
        victim = self.stage.entente.stack.services[name]
        await victim.kill()
        self.history.killed(name)
        away = chance.uniform(0, _LONGEST_AWAY)
        await asyncio.sleep(away)
        await victim.start()
        self._away.remove(name)
        return None, f"{name} for {away:.1f} s"

    async def fail_mail(self, chance: Random) -> tuple[None, str]:
        """Have the mail server treat a host or a known guest badly for a while."""
        script = self.stage.post.script
        guests = [known.guest for known in self.history.known[-10:]]
        unwell = [g for g in guests if g not in self.history.refused_guests]
        address = chance.choice([*(host.address for host in self.stage.hosts), *unwell])
        how = chance.choice(("451 after DATA", "450 at RCPT", "drop"))
        match how:
            case "451 after DATA":
                script.after_data[address] = "451 4.3.0 later"
            case "450 at RCPT":
                script.at_rcpt[address] = "450 4.2.1 greylisted"
            case _:
                script.drops.add(address)
        await asyncio.sleep(chance.uniform(0.5, _LONGEST_ILL))
        script.after_data.pop(address, None)
        script.drops.discard(address)
        if address not in self.history.refused_guests:
            script.at_rcpt.pop(address, None)
        return None, f"{how} to {address.split('@')[0]}"
