"""What owners do in their calendars, of which Entente hears only afterwards."""

from dataclasses import dataclass
from random import Random

from meetings import Meeting
from walk.hands import Hands, Opened
from walk.history import History
from walk.stage import Stage
from walk.times import some_time, some_times

_FOREIGN = "foreign-"


@dataclass(frozen=True)
class Owners:
    """The owners of the stage's calendars."""

    stage: Stage
    history: History

    async def move(self, chance: Random) -> tuple[str | None, str]:
        """Drag the entry of a meeting to another time."""
        hands, opened = await self._some_meeting(chance)
        if opened is None:
            return None, "no entry to move"
        start = some_time(chance)
        return opened.booking, f"to {start:%a %d %H:%M}: {await hands.move(opened, start)}"

    async def delete(self, chance: Random) -> tuple[str | None, str]:
        """Delete the entry of a meeting."""
        hands, opened = await self._some_meeting(chance)
        if opened is None:
            return None, "no entry to delete"
        return opened.booking, await hands.delete(opened)

    async def retitle(self, chance: Random) -> tuple[str | None, str]:
        """Give an entry another title."""
        hands, opened = await self._some_meeting(chance)
        if opened is None:
            return None, "no entry to retitle"
        return opened.booking, await hands.retitle(opened, f"Title {chance.random():.6f}")

    async def add_foreign(self, chance: Random) -> tuple[str | None, str]:
        """Plan something else, over whatever there is."""
        hands = self._hands(chance)
        uid = f"{_FOREIGN}{chance.getrandbits(64):x}"
        meeting = Meeting(uid=uid, start=some_time(chance), minutes=30)
        return None, f"at {meeting.start:%a %d %H:%M}: {await hands.add(meeting)}"

    async def remove_foreign(self, chance: Random) -> tuple[str | None, str]:
        """Give something else up."""
        hands = self._hands(chance)
        paths = [path for path in await hands.paths() if _FOREIGN in path]
        opened = await hands.open(chance.choice(paths)) if paths else None
        if opened is None:
            return None, "no foreign event to remove"
        return None, await hands.delete(opened)

    async def change_feed(self, chance: Random) -> tuple[str | None, str]:
        """Fill the calendar behind a link anew."""
        times = some_times(chance, chance.randint(0, 4))
        meetings = [Meeting(uid=f"fed-{n}", start=t, minutes=30) for n, t in enumerate(times)]
        await self.stage.feed.hold(*meetings)
        self.history.fed = times
        return None, f"holds {len(meetings)}"

    async def _some_meeting(self, chance: Random) -> tuple[Hands, Opened | None]:
        hands = self._hands(chance)
        paths = [path for path in await hands.paths() if _FOREIGN not in path]
        opened = await hands.open(chance.choice(paths)) if paths else None
        return hands, opened if opened is not None and opened.is_meeting else None

    def _hands(self, chance: Random) -> Hands:
        return Hands(chance.choice(self.stage.diaries).calendar)
