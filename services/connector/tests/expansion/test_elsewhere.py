"""Events outside the window are passed over at a glance, and never one that has a say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from connector.domain.expansion import BrokenReason, Expansion
from connector.domain.window import Window
from connector.icalendar.elsewhere import Elsewhere
from connector.icalendar.expand import expand
from connector.icalendar.scan import Component
from connector.icalendar.zones import Zones
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

MARCH = ("2026-03-01", "2026-04-01")
WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
OLD = "DTSTART:20250310T090000Z\nDTEND:20250310T100000Z"
NEW = "DTSTART:20260310T090000Z\nDTEND:20260310T100000Z"

days = st.dates(datetime(2026, 2, 20, tzinfo=UTC).date(), datetime(2026, 4, 10, tzinfo=UTC).date())
forms = st.sampled_from([":{}T{}Z", ":{}T{}", ";TZID=Europe/Paris:{}T{}", ";VALUE=DATE:{}"])
clocks = st.sampled_from(["000000", "043000", "093000", "235900", "999999"])


@st.composite
def an_event(draw: st.DrawFn) -> str:
    """Draw an event near the window's ends, alone or one of several with its UID."""
    form, first, last = draw(forms), *sorted((draw(days), draw(days)))
    start, end = (form.format(f"{day:%Y%m%d}", draw(clocks)) for day in (first, last))
    lines = [f"UID:{draw(st.sampled_from('abcdefgh'))}", f"DTSTART{start}", f"DTEND{end}"]
    lines += [f"SEQUENCE:{draw(st.integers(0, 2))}"]
    lines += draw(st.sampled_from([[], ["STATUS:CANCELLED"], ["RRULE:FREQ=WEEKLY;COUNT=9"]]))
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def expansion_of(events: Sequence[str]) -> Expansion:
    text = "\n".join(["BEGIN:VCALENDAR", *events, "END:VCALENDAR"])
    return expand(text.encode(), WINDOW, owner_addresses=frozenset(), default_zone="Asia/Tokyo")


def _never(*_: object) -> bool:
    return False


@given(st.lists(an_event(), max_size=6))
def test_passing_over_changes_nothing(events: list[str]) -> None:
    quick = expansion_of(events)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Elsewhere, "holds", _never)
        thorough = expansion_of(events)
    assert quick.occurrences == thorough.occurrences
    assert quick.own == thorough.own


def test_what_is_long_past_is_passed_over(
    calendar: Any, to_rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[bool] = []
    holds = Elsewhere.holds

    def noting(self: Elsewhere, event: Component, zones: Zones) -> bool:
        passed.append(holds(self, event, zones))
        return passed[-1]

    monkeypatch.setattr(Elsewhere, "holds", noting)
    body = f"BEGIN:VEVENT\nUID:1\n{OLD}\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\n{NEW}\nEND:VEVENT"
    assert to_rows(calendar.expansion(body, *MARCH)) == [("03-10T09:00", "03-10T10:00", "busy")]
    assert passed == [True, False]


def test_a_newer_version_elsewhere_still_replaces_the_one_here(calendar: Any, to_rows: Any) -> None:
    body = (
        f"BEGIN:VEVENT\nUID:1\nSEQUENCE:1\n{OLD}\nEND:VEVENT\n"
        f"BEGIN:VEVENT\nUID:1\nSEQUENCE:0\n{NEW}\nEND:VEVENT"
    )
    assert to_rows(calendar.expansion(body, *MARCH)) == []


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ("DTSTART:20250230T090000Z\nDTEND:20250230T100000Z", BrokenReason.INVALID_START),
        ("DTSTART:20250310T090000Z\nDTEND:20250310T080000Z", BrokenReason.END_BEFORE_START),
        (
            "DTSTART;TZID=Mars/Phobos:20250310T090000\nDTEND;TZID=Mars/Phobos:20250310T100000",
            BrokenReason.UNKNOWN_ZONE,
        ),
    ],
)
def test_what_is_wrong_is_told_wherever_it_is(
    calendar: Any, times: str, reason: BrokenReason
) -> None:
    expansion = calendar.expansion(f"BEGIN:VEVENT\nUID:1\n{times}\nEND:VEVENT", *MARCH)
    assert [one.reason for one in expansion.broken] == [reason]


@pytest.mark.parametrize("tag", ["X-ENTENTE-BOOKING:5f0c3b0e-2f4b-4b61-9d0a-3a1b7c1d2e3f\n", ""])
def test_entries_of_ours_are_noted_wherever_they_are(tag: str) -> None:
    booking = UUID("5f0c3b0e-2f4b-4b61-9d0a-3a1b7c1d2e3f")
    body = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:ours\n{tag}{OLD}\nEND:VEVENT\nEND:VCALENDAR"
    expansion = expand(
        body.encode(),
        WINDOW,
        owner_addresses=frozenset(),
        default_zone="UTC",
        own_uids={"ours": booking},
    )
    assert [own.booking_id for own in expansion.own] == [booking]
