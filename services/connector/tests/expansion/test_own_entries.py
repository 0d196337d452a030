"""Only the meeting that we wrote is ours; what somebody makes of its entry is their own time."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from connector.domain.expansion import Expansion
from connector.domain.occurrence import TimedOccurrence
from connector.domain.window import Window
from connector.icalendar.expand import expand

pytestmark = pytest.mark.unit

WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
BOOKING = UUID("0197a1c0-0000-7000-8000-000000000001")
TAG = f"X-ENTENTE-BOOKING:{BOOKING}\nX-ENTENTE-REVISION:1"
TIMES = "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z"
RULE = "RRULE:FREQ=DAILY;COUNT=3"


def event(*lines: str, uid: str = "ours") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", TAG, *lines, "END:VEVENT"])


def expansion(*events: str) -> Expansion:
    text = "\n".join(["BEGIN:VCALENDAR", *events, "END:VCALENDAR"])
    return expand(
        text.encode(),
        WINDOW,
        owner_addresses=frozenset(),
        default_zone="Europe/Paris",
        own_uids={"ours": BOOKING},
    )


def shown(*events: str) -> list[tuple[str, str, bool]]:
    """Return start and state of what takes place, and whether it is ours."""
    return [
        (f"{one.start:%dT%H:%M}", one.state.value, one.booking_id == BOOKING)
        if isinstance(one, TimedOccurrence)
        else (f"{one.start_date:%d}", one.state.value, one.booking_id == BOOKING)
        for one in expansion(*events).occurrences
    ]


def test_the_tag_of_a_copy_is_not_ours() -> None:
    assert shown(event(TIMES), event(TIMES, uid="copy")) == [
        ("02T09:00", "busy", False),
        ("02T09:00", "busy", True),
    ]
    assert [own.uid for own in expansion(event(TIMES), event(TIMES, uid="copy")).own] == ["ours"]


def test_the_uid_is_ours_where_the_tag_is_missing() -> None:
    assert shown(f"BEGIN:VEVENT\nUID:ours\n{TIMES}\nEND:VEVENT") == [("02T09:00", "busy", True)]


@pytest.mark.parametrize("more", [RULE, "RDATE:20260303T090000Z,20260304T090000Z"])
def test_of_an_entry_made_to_recur_the_first_is_ours(more: str) -> None:
    assert shown(event(TIMES, more)) == [
        ("02T09:00", "busy", True),
        ("03T09:00", "busy", False),
        ("04T09:00", "busy", False),
    ]


def test_all_day_and_in_a_zone_the_first_is_ours_too() -> None:
    dates = "DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260303"
    assert shown(event(dates, RULE)) == [
        ("02", "busy", True),
        ("03", "busy", False),
        ("04", "busy", False),
    ]
    paris = "DTSTART;TZID=Europe/Paris:20260302T100000\nDURATION:PT1H"
    assert [ours for *_, ours in shown(event(paris, RULE))] == [True, False, False]


@pytest.mark.parametrize("instance", [":20260302T090000Z", ";VALUE=DATE:20260302"])
def test_the_meeting_moved_by_an_override_is_still_ours(instance: str) -> None:
    moved = event(f"RECURRENCE-ID{instance}", "DTSTART:20260302T150000Z", "DTEND:20260302T160000Z")
    assert shown(event(TIMES, RULE), moved) == [
        ("02T15:00", "busy", True),
        ("03T09:00", "busy", False),
        ("04T09:00", "busy", False),
    ]
    (own,) = expansion(event(TIMES, RULE), moved).own
    assert own.start == datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert own.revision == 1


def test_another_instance_moved_by_an_override_is_not_ours() -> None:
    moved = event(
        "RECURRENCE-ID:20260303T090000Z", "DTSTART:20260303T150000Z", "DTEND:20260303T160000Z"
    )
    assert shown(event(TIMES, RULE), moved)[1:] == [
        ("03T15:00", "busy", False),
        ("04T09:00", "busy", False),
    ]
    (own,) = expansion(event(TIMES, RULE), moved).own
    assert own.start == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_meeting_cancelled_by_an_override_is_cancelled() -> None:
    cancelled = event("RECURRENCE-ID:20260302T090000Z", TIMES, "STATUS:CANCELLED")
    assert [ours for *_, ours in shown(event(TIMES, RULE), cancelled)] == [False, False]
    (own,) = expansion(event(TIMES, RULE), cancelled).own
    assert own.cancelled


def test_an_override_whose_series_is_elsewhere_is_not_ours() -> None:
    alone = event("RECURRENCE-ID:20260302T090000Z", TIMES)
    assert shown(alone) == [("02T09:00", "busy", False)]


def test_what_a_rule_may_make_of_the_entry_is_unknown_but_the_meeting() -> None:
    assert shown(event(TIMES, "RRULE:FREQ=FORTNIGHTLY")) == [
        ("02T09:00", "busy", True),
        ("02T10:00", "unknown", False),
    ]
