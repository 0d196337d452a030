"""What writing an entry at a provider needs and brings, whatever the provider."""

from dataclasses import dataclass, field
from uuid import UUID

from connector.domain.source import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRef:
    """Which entry is meant: by its UID, and by the name its source has for it once known."""

    uid: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEntry:
    """An entry of ours as it stands in the calendar now.

    `version` makes a change conditional on nobody having changed it since; None where the source
    has no such mark. `booking_id` and `revision` are its tag, None where an app dropped them.
    `resource` is what the source holds.
    """

    name: str
    version: str | None
    resource: Resource = field(repr=False)
    booking_id: UUID | None
    revision: int | None
    sequence: int
    conference_url: str | None = field(default=None, repr=False)

    def shows(self, *, revision: int, sequence: int) -> bool:
        """Tell whether it was written from this command already, or from a later one."""
        if self.revision is None:
            return False
        return (self.revision, self.sequence) >= (revision, sequence)

    def outdates(self, *, revision: int) -> bool:
        """Tell whether it was written from a later command than this one."""
        return self.revision is not None and self.revision > revision


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEntry:
    """What a provider says of an entry it took."""

    name: str
    version: str | None = None
    conference_url: str | None = field(default=None, repr=False)


class ChangedMeanwhileError(Exception):
    """The entry is not as it was when it was looked at; look again."""


class EntryRejectedError(Exception):
    """The provider understood the request and will never grant it; `detail` is for logs."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
