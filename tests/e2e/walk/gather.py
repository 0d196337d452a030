"""Gathering the facts, from public places where there are any and from databases else."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, timedelta
from uuid import UUID

from entente_contracts.topics import dead_letter
from meetings import Span
from messaging.topology import installed
from system import System
from walk.facts import Facts
from walk.gather_bookings import claims, rows, told
from walk.gather_entries import entries, said_of_entries
from walk.gather_mails import ledger, mails, notices
from walk.history import History
from walk.stage import Stage
from walk.times import BEGIN, END

_FEED_MINUTES = timedelta(minutes=30)


async def gather(stage: Stage, history: History) -> Facts:
    """Return the facts as they are now."""
    in_calendars = await entries(stage.diaries)
    foreign: dict[UUID, list[Span]] = defaultdict(list)
    for entry in in_calendars:
        if entry.booking is None:
            foreign[entry.host].append(entry.span)
    foreign[stage.feed_host.id] = [
        (start.astimezone(UTC), start.astimezone(UTC) + _FEED_MINUTES) for start in history.fed
    ]
    return Facts(
        rows=await rows(stage.entente),
        claims=await claims(stage.entente),
        told=await told(stage.entente),
        writable={UUID(d.calendar.id): d.host.id for d in stage.diaries},
        entries=[entry for entry in in_calendars if entry.booking is not None],
        foreign=foreign,
        mails=mails(stage.post),
        notices=await notices(stage.entente),
        ledger=await ledger(stage.entente),
        busy={host.id: await host.busy(BEGIN, END) or () for host in stage.hosts},
        asked=history.asked,
        answered={UUID(known.id): known.seen["revision"] for known in history.known},
        deeds=history.deeds,
        refused_guests=frozenset(history.refused_guests),
        kills=history.kills,
        said_of_entries=await said_of_entries(stage.entente),
        dead_letters=await dead_letters(stage.entente),
    )


async def dead_letters(system: System) -> Sequence[str]:
    """Return what some consumer could never apply."""
    return [
        f"{topic.name} of {group}: {record.headers}"
        for group, read in installed().items()
        for topic in read
        for record in await system.wire.records(dead_letter(topic, group))
    ]
