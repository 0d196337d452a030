from dataclasses import replace
from datetime import timedelta

import pytest
from connector.domain.calendar import (
    CalendarStatus,
    Fault,
    Provider,
    capabilities_under,
    known_zone,
)
from connector.domain.source import Access
from connector_lab.samples import NOW, READ_ONLY, calendar, switches

pytestmark = pytest.mark.unit

LATER = NOW + timedelta(hours=1)


def test_a_change_counts_and_no_change_does_not() -> None:
    read = calendar()
    degraded = read.degrade(Fault.NETWORK, LATER)
    assert (degraded.revision, degraded.changed_at) == (2, LATER)
    assert degraded.degrade(Fault.NETWORK, LATER + timedelta(hours=1)) is degraded
    assert degraded.restore(LATER).revision == 3


def test_a_calendar_that_ends_is_no_default_any_more() -> None:
    ended = calendar(switches=switches(default=True)).disconnect(LATER)
    assert ended.status is CalendarStatus.DISCONNECTED
    assert not ended.switches.is_default


def test_only_a_calendar_that_takes_entries_can_be_the_default() -> None:
    assert calendar(Provider.ICS).make_default(NOW).switches.is_default
    with pytest.raises(ValueError, match="takes entries"):
        calendar(Provider.CALDAV).make_default(NOW)


def test_a_default_that_loses_its_write_permission_stops_being_one() -> None:
    writable = replace(READ_ONLY, write=True)
    default = calendar(Provider.CALDAV, capabilities=writable, switches=switches(default=True))
    described = default.describe(name=None, timezone=None, capabilities=READ_ONLY, now=NOW)
    assert not described.switches.is_default


def test_a_fault_goes_with_its_status() -> None:
    with pytest.raises(ValueError, match="fault"):
        calendar(status=CalendarStatus.DEGRADED)
    with pytest.raises(ValueError, match="fault"):
        calendar(fault=Fault.GONE)


def test_access_bounds_capabilities() -> None:
    able = replace(READ_ONLY, write=True, holds=True, two_way=True)
    assert capabilities_under(Access.WRITE, able) == able
    assert capabilities_under(Access.READ, able) == READ_ONLY
    assert capabilities_under(Access.FREE_BUSY, able).freebusy_only


@pytest.mark.parametrize("name", [None, "", "W. Europe Standard Time", "../etc/passwd", "a\0b"])
def test_a_name_that_is_not_iana_is_no_zone(name: str | None) -> None:
    assert known_zone(name) is None


def test_an_iana_name_is_a_zone() -> None:
    assert known_zone("Europe/Paris") == "Europe/Paris"
