"""What people were answered against what there is: what was granted exists, the rest does not."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from walk.facts import Difference, Facts


def differences_of_answers(facts: Facts) -> Iterator[Difference]:
    """Yield bookings nobody was promised, promises without a booking, and letters that died."""
    made = Counter(row.guest for row in facts.rows.values())
    for asked in facts.asked:
        if asked.booking is not None and UUID(asked.booking) not in facts.rows:
            yield Difference(f"{asked.guest} was promised a booking that does not exist")
        wanted = 0 if asked.booking is None else 1
        if made[asked.guest] != wanted:
            what = (
                f"{asked.guest} was answered {asked.outcome} and has {made[asked.guest]} bookings"
            )
            yield Difference(
                what, next((r.id for r in facts.rows.values() if r.guest == asked.guest), None)
            )
    strangers = made.keys() - {asked.guest for asked in facts.asked}
    yield from (Difference(f"nobody asked for a booking of {guest}") for guest in strangers)
    yield from (Difference(f"dead letter: {letter}") for letter in facts.dead_letters)
