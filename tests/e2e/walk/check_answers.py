"""What people were answered against what there is: what was granted exists, the rest does not."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from walk.facts import Difference, Facts


def differences_of_answers(facts: Facts) -> Iterator[Difference]:
    """Yield bookings nobody was promised, promises without a booking, and letters that died."""
    made = Counter(row.guest for row in facts.rows.values())
    of_guest = {row.guest: row.id for row in facts.rows.values()}
    for asked in facts.asked:
        guest, wanted = asked.guest, 0 if asked.booking is None else 1
        if made[guest] != wanted:
            what = f"{guest} was answered {asked.outcome} and has {made[guest]} bookings"
            yield Difference(what, of_guest.get(guest))
        elif asked.booking is not None and UUID(asked.booking) not in facts.rows:
            yield Difference(f"{guest} was promised a booking that does not exist")
    for guest in made.keys() - {asked.guest for asked in facts.asked}:
        yield Difference(f"nobody asked for the booking of {guest}", of_guest[guest])
    for booking, revision in facts.answered.items():
        row = facts.rows.get(booking)
        if row is not None and row.revision < revision:
            what = f"revision {revision} was shown, the row is at {row.revision}"
            yield Difference(what, booking)
    yield from (Difference(f"dead letter: {letter}") for letter in facts.dead_letters)
