from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from connector.domain.calendar import Calendar, Provider, Switches
from connector.domain.refusal import Refusal, RefusalCode
from connector.domain.settings_form import require_consistent
from connector_lab.samples import READ_ONLY, calendar, switches
from entente_contracts import uuid7

pytestmark = pytest.mark.unit

LINK = calendar(Provider.ICS)
OTHER_LINK = calendar(Provider.ICS)
READ_ONLY_ACCOUNT = calendar(Provider.CALDAV)
WRITABLE = calendar(Provider.CALDAV, capabilities=replace(READ_ONLY, write=True))


def code_of(
    form: Mapping[UUID, Switches], *calendars: Calendar, revision: int = 1
) -> RefusalCode | None:
    try:
        require_consistent(form, calendars, expected_revision=1, revision=revision)
    except Refusal as refusal:
        return refusal.code
    return None


def test_a_whole_form_with_one_default_is_accepted() -> None:
    form = {LINK.id: switches(default=True), WRITABLE.id: switches(blocks=False)}
    assert code_of(form, LINK, WRITABLE) is None


def test_a_form_of_an_older_revision_is_refused() -> None:
    form = {LINK.id: switches(default=True)}
    assert code_of(form, LINK, revision=2) is RefusalCode.STALE_REVISION


def test_every_calendar_is_named_and_no_other() -> None:
    form = {LINK.id: switches(default=True)}
    assert code_of(form, LINK, WRITABLE) is RefusalCode.INCOMPLETE_SETTINGS
    foreign = {**form, uuid7(): switches()}
    assert code_of(foreign, LINK) is RefusalCode.CALENDAR_NOT_ACCESSIBLE


@pytest.mark.parametrize("defaults", [(False, False), (True, True)])
def test_exactly_one_is_the_default(defaults: tuple[bool, bool]) -> None:
    first, second = defaults
    form = {LINK.id: switches(default=first), OTHER_LINK.id: switches(default=second)}
    assert code_of(form, LINK, OTHER_LINK) is RefusalCode.DEFAULT_REQUIRED


def test_the_default_takes_entries() -> None:
    form = {READ_ONLY_ACCOUNT.id: switches(default=True)}
    assert code_of(form, READ_ONLY_ACCOUNT) is RefusalCode.DEFAULT_CANNOT_TAKE_ENTRIES


def test_without_a_calendar_that_takes_entries_there_is_no_default() -> None:
    assert code_of({READ_ONLY_ACCOUNT.id: switches()}, READ_ONLY_ACCOUNT) is None
