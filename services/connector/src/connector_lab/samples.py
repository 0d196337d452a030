"""Calendars to try rules on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from connector.domain.calendar import Calendar, CalendarStatus, Provider, Switches
from connector.domain.source import Capabilities
from entente_contracts import uuid7

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOST = UUID(int=1)

READ_ONLY = Capabilities(
    read=True,
    write=False,
    holds=False,
    push=False,
    delta=False,
    freebusy_only=False,
    two_way=False,
    sends_own_invites=False,
    max_staleness=timedelta(hours=8),
)


def switches(*, blocks: bool = True, visible: bool = True, default: bool = False) -> Switches:
    """Return switches; a new calendar's by default."""
    return Switches(blocks_availability=blocks, visible_to_owner=visible, is_default=default)


def calendar(provider: Provider = Provider.ICS, **changes: Any) -> Calendar:
    """Return a calendar that is read, with the changes."""
    values: dict[str, Any] = {
        "id": uuid7(),
        "tenant_id": "acme",
        "connection_id": UUID(int=2),
        "host_id": HOST,
        "provider": provider,
        "remote_id": "feed",
        "name": "Work",
        "timezone": None,
        "capabilities": READ_ONLY,
        "switches": switches(),
        "status": CalendarStatus.CONNECTED,
        "fault": None,
        "revision": 1,
        "changed_at": NOW,
    }
    return Calendar(**values | changes)
