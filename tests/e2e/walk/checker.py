"""All that has to agree once a walk is over."""

from walk.check_answers import differences_of_answers
from walk.check_busy import differences_of_busy_time
from walk.check_claims import differences_of_claims
from walk.check_entries import differences_of_entries
from walk.check_events import differences_of_events
from walk.check_invitations import differences_of_invitations
from walk.check_mails import differences_of_mails
from walk.facts import Difference, Facts
from walk.story import story_of

_CHECKS = (
    differences_of_answers,
    differences_of_events,
    differences_of_claims,
    differences_of_entries,
    differences_of_busy_time,
    differences_of_mails,
    differences_of_invitations,
)
_MOST_STORIES = 5


def differences(facts: Facts) -> list[Difference]:
    """Return everything that two places say differently; nothing when all tell one story."""
    return [found for check in _CHECKS for found in check(facts)]


def report(found: list[Difference], facts: Facts) -> str:
    """Return what differs, each with the story of its booking, as a person reads it."""
    lines = [f"{len(found)} differences"]
    lines += [f"- {one.what}" + (f" ({one.booking})" if one.booking else "") for one in found]
    bookings = list(dict.fromkeys(one.booking for one in found if one.booking))
    for booking in bookings[:_MOST_STORIES]:
        lines += ["", *story_of(facts, booking)]
    return "\n".join(lines)
