"""Mails against events: each change that matters is told to each party once, and in order."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from walk.expected import Expected, expected_notices
from walk.facts import Difference, Facts, Mail, Notice

_ACK_WINDOW = timedelta(seconds=10)


def differences_of_mails(facts: Facts) -> Iterator[Difference]:
    """Yield what was told too often, never, or to nobody's knowledge."""
    told = Counter((n.booking, n.revision, n.party, n.kind) for n in facts.notices)
    wanted: Counter[Expected] = Counter()
    for booking, events in facts.told.items():
        wanted.update(expected_notices(booking, events))
    for key in wanted.keys() | told.keys():
        if told[key] != wanted[key]:
            booking, revision, party, kind = key
            what = f"{kind} of revision {revision} to {party}: {told[key]} times, not {wanted[key]}"
            yield Difference(what, booking)
    yield from _ledger(facts)
    yield from _acceptance(facts)


def _ledger(facts: Facts) -> Iterator[Difference]:
    for notice in set(facts.notices) ^ set(facts.ledger):
        where = "the ledger alone" if notice in facts.ledger else "Kafka alone"
        yield Difference(f"in {where}: {notice}", notice.booking)


def _acceptance(facts: Facts) -> Iterator[Difference]:
    accepted: dict[str, list[Mail]] = defaultdict(list)
    for mail in facts.mails:
        accepted[mail.message_id].append(mail)
    notices = {notice.message_id: notice for notice in facts.notices}
    for unknown in accepted.keys() - notices.keys():
        recipient = accepted[unknown][0].recipient
        yield Difference(f"a mail to {recipient} that the notifier does not know of: {unknown}")
    for message_id, notice in notices.items():
        mails = accepted[message_id]
        if what := _verdict(notice, mails, facts):
            yield Difference(f"{notice.kind} to {notice.party}: {what}", notice.booking)


def _verdict(notice: Notice, mails: Sequence[Mail], facts: Facts) -> str | None:
    if notice.outcome == "failed":
        row = facts.rows.get(notice.booking)
        refused = row is not None and row.guest in facts.refused_guests
        return None if refused and notice.party == "guest" and not mails else "given up wrongly"
    if not mails:
        return "announced as sent, but no mail was accepted"
    if len({mail.digest for mail in mails}) > 1:
        return f"{len(mails)} mails that differ"
    if len(mails) > 2 or (len(mails) == 2 and not _killed_between(mails, facts)):
        return f"accepted {len(mails)} times, at {[f'{mail.at:%H:%M:%S.%f}' for mail in mails]}"
    return None


def _killed_between(mails: Sequence[Mail], facts: Facts) -> bool:
    """Tell whether the notifier was killed before it could note that a mail was accepted."""
    first, second = sorted(mail.at for mail in mails)
    return any(
        service == "notifier" and first - _ACK_WINDOW < at < min(second, first + _ACK_WINDOW)
        for at, service in facts.kills
    )


def parties_of(facts: Facts) -> dict[tuple[UUID, str], list[tuple[Notice, Mail]]]:
    """Return the mails of each booking and party in the order of their first acceptance."""
    notices = {notice.message_id: notice for notice in facts.notices}
    found: dict[tuple[UUID, str], list[tuple[Notice, Mail]]] = defaultdict(list)
    seen: set[str] = set()
    for mail in sorted(facts.mails, key=lambda mail: mail.at):
        notice = notices.get(mail.message_id)
        if notice is not None and mail.message_id not in seen:
            seen.add(mail.message_id)
            found[notice.booking, notice.party].append((notice, mail))
    return found
