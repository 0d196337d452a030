"""Why the connector does not do what it is asked."""

from enum import StrEnum


class RefusalCode(StrEnum):
    """Stable codes; HTTP clients decide by them."""

    OWNER_REQUIRED = "owner_required"
    HOST_NOT_FOUND = "host_not_found"
    CONNECTION_NOT_FOUND = "connection_not_found"
    CALENDAR_NOT_FOUND = "calendar_not_found"
    SOURCE_AUTHENTICATION = "source_authentication"
    SOURCE_PERMISSION = "source_permission"
    SOURCE_NETWORK = "source_network"
    SOURCE_NOT_A_CALENDAR = "source_not_a_calendar"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a code, not a secret
    NO_CALENDARS = "no_calendars"
    ALREADY_CONNECTED = "already_connected"
    CONNECTION_ENDED = "connection_ended"
    OTHER_PROVIDER = "other_provider"
    TOO_MANY_CALENDARS = "too_many_calendars"
    CALENDAR_NOT_ACCESSIBLE = "calendar_not_accessible"
    STALE_REVISION = "stale_revision"
    INCOMPLETE_SETTINGS = "incomplete_settings"
    DEFAULT_REQUIRED = "default_required"
    DEFAULT_CANNOT_TAKE_ENTRIES = "default_cannot_take_entries"
    STALE_SEQUENCE = "stale_sequence"
    NOT_PUSHED = "not_pushed"
    PUSH_TOO_LARGE = "push_too_large"
    NO_MASS_DELETION = "no_mass_deletion"
    EVENTS_UNREADABLE = "events_unreadable"


class Refusal(Exception):  # noqa: N818 - the domain's word
    """A request that cannot be granted. `detail` is for people; `facts` help a program go on."""

    def __init__(self, code: RefusalCode, detail: str, **facts: str | int) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.facts = facts
