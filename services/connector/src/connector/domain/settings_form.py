"""What a save of the calendar settings must satisfy."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from connector.domain.calendar import Calendar, Switches
from connector.domain.refusal import Refusal, RefusalCode


def require_consistent(
    form: Mapping[UUID, Switches],
    calendars: Sequence[Calendar],
    *,
    expected_revision: int,
    revision: int,
) -> None:
    """Raise Refusal unless the form names exactly the host's calendars that are read.

    One of them is the default if any of them takes entries, and only one that does.
    """
    if expected_revision != revision:
        raise Refusal(
            RefusalCode.STALE_REVISION,
            "The settings have changed since they were read.",
            revision=revision,
        )
    by_id = {calendar.id: calendar for calendar in calendars}
    if unknown := form.keys() - by_id.keys():
        raise Refusal(
            RefusalCode.CALENDAR_NOT_ACCESSIBLE,
            "This calendar is not one of the host's that are read.",
            calendar_id=str(min(unknown)),
        )
    if missing := by_id.keys() - form.keys():
        raise Refusal(
            RefusalCode.INCOMPLETE_SETTINGS,
            "A save names every calendar that is read.",
            calendar_id=str(min(missing)),
        )
    _require_one_default(form, by_id)


def _require_one_default(form: Mapping[UUID, Switches], calendars: Mapping[UUID, Calendar]) -> None:
    defaults = [calendar_id for calendar_id, switches in form.items() if switches.is_default]
    for calendar_id in defaults:
        if not calendars[calendar_id].takes_entries:
            raise Refusal(
                RefusalCode.DEFAULT_CANNOT_TAKE_ENTRIES,
                "Bookings cannot reach this calendar.",
                calendar_id=str(calendar_id),
            )
    wanted = 1 if any(calendar.takes_entries for calendar in calendars.values()) else 0
    if len(defaults) != wanted:
        raise Refusal(RefusalCode.DEFAULT_REQUIRED, f"{wanted} calendar has to be the default.")
