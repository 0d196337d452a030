"""Asking a calendar's source, and making the picture of what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connector.application.basis import basis_of
from connector.application.expander import Basis, Picture
from connector.application.known_uids import known_uids
from connector.application.services import Services
from connector.application.unseal import unseal
from connector.domain.calendar import Calendar
from connector.domain.entry import Entry
from connector.domain.host import Host
from connector.domain.own_event import OwnEvent
from connector.domain.source import Changes, Reading, Resource
from connector.domain.sync_state import SyncState


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A calendar that is to be read, as it stood when the reading began.

    `standing` are the entries of bookings that are known to be in it.
    """

    calendar: Calendar
    state: SyncState
    host: Host
    standing: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a reading amounts to. `picture` is None when nothing it depends on has changed.

    `resources` are all that the calendar consists of after it, None where none were needed.
    `deleted` are entries of ours that are gone, `elsewhere` those that another calendar shows;
    `in_doubt` says that the next reading has to look at them again.
    """

    reading: Reading
    basis: Basis
    picture: Picture | None
    resources: Mapping[str, Resource] | None = None
    deleted: tuple[Entry, ...] = ()
    elsewhere: tuple[OwnEvent, ...] = ()
    in_doubt: bool = False


class MassDeletion(Exception):  # noqa: N818 - states the fact
    """The reading would remove most of the calendar."""


async def take_reading(services: Services, subject: Subject) -> Result:
    """Ask the source; make the picture if the resources changed, or what it is made under.

    Raises SourceFailure, SecretUnreadable, MassDeletion.
    """
    calendar, state = subject.calendar, subject.state
    basis = basis_of(services, calendar, subject.host)
    source = services.open_source(calendar.provider, await unseal(services, calendar))
    reading = await source.read(calendar.remote_id, state.cursor, basis.horizon.window)
    if not isinstance(reading, Changes) and state.basis == basis.key:
        return Result(reading=reading, basis=basis, picture=None)
    async with services.unit_of_work() as store:
        stored = await store.objects.of(calendar.id)
        # Only now: what the source shows of ours was intended before it was read.
        basis = replace(basis, own_uids=await known_uids(services, store, subject.host.id))
    following = _following(stored, reading)
    picture = await services.expander.picture(list(following.values()), basis)
    result = Result(reading=reading, basis=basis, picture=picture, resources=following)
    if not state.deletions_approved:
        _heed_objects(services, stored, following)
        await _heed_entries(services, state, stored, basis, entries=picture.entries)
    return result


def _following(stored: Mapping[str, Resource], reading: Reading) -> Mapping[str, Resource]:
    """Return the calendar's resources after the reading."""
    if not isinstance(reading, Changes):
        return stored
    if reading.complete:
        return reading.upserted
    kept = {name: stored[name] for name in stored.keys() - reading.removed}
    return {**kept, **reading.upserted}


def _heed_objects(
    services: Services, stored: Mapping[str, Resource], following: Mapping[str, Resource]
) -> None:
    if services.brake.stops(before=len(stored), lost=len(stored.keys() - following.keys())):
        raise MassDeletion


async def _heed_entries(
    services: Services,
    state: SyncState,
    stored: Mapping[str, Resource],
    basis: Basis,
    *,
    entries: int,
) -> None:
    """Look at the entries too: those of a feed vanish inside its only object.

    Entries also leave with the month that leaves the horizon, so both counts are taken under one
    basis.
    """
    stops = services.brake.stops
    before = state.entries
    if not stops(before=before, lost=before - entries):
        return
    if state.basis != basis.key:
        before = (await services.expander.picture(list(stored.values()), basis)).entries
    if stops(before=before, lost=before - entries):
        raise MassDeletion
