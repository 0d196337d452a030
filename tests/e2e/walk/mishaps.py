"""What goes wrong around Entente: services are killed, mail servers refuse or break off."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from walk.history import History
from walk.stage import Stage

_LONGEST_AWAY = 4.0
_LONGEST_ILL = 3.0


@dataclass
class Mishaps:
    """Breaks and mends; one service at a time is away."""

    stage: Stage
    history: History
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def kill(self, service: str, chance: Random) -> str:
        """Kill a service as the out-of-memory killer would; start it again a while later."""
        async with self._turn:
            victim = self.stage.entente.stack.services[service]
            await victim.kill()
            self.history.killed(service)
            away = chance.uniform(0, _LONGEST_AWAY)
            await asyncio.sleep(away)
            await victim.start()
            return f"away for {away:.1f} s"

    async def fail_mail(self, chance: Random) -> str:
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
        return f"{how} to {address.split('@')[0]}"
