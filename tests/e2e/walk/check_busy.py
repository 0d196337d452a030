"""Free/busy against its sources: a host is busy with calendars and bookings, and nothing else."""

from collections.abc import Iterator

from walk.facts import Difference, Facts
from walk.spans import shown, stretches


def differences_of_busy_time(facts: Facts) -> Iterator[Difference]:
    """Yield where availability says more or less than calendars and bookings do."""
    for host, told in facts.busy.items():
        rows = [row for row in facts.rows.values() if host in row.hosts]
        standing = [row.occupied(span) for row in rows if row.stands for span in row.meetings]
        held = [row.occupied(span) for row in rows if row.is_held for span in row.meetings]
        wanted = stretches([*standing, *facts.foreign.get(host, ())], held)
        for stretch in sorted(set(told) ^ set(wanted)):
            source = "availability says" if stretch in told else "availability does not say"
            guilty = next(
                (
                    row.id
                    for row in facts.rows.values()
                    if host in row.hosts
                    for _, span in (*row.dates, *((("", row.slot),) if row.slot else ()))
                    if row.occupied(span)[0] <= stretch[0] < row.occupied(span)[1]
                ),
                None,
            )
            start, end, state = stretch
            yield Difference(f"{source} that {host} is {state} {shown((start, end))}", guilty)
