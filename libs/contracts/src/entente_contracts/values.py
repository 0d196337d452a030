"""The small values messages are made of.

Absent and null mean the same, everywhere. Unknown fields are ignored. Enumerations are open: see
`OpenEnum`.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema

from entente_contracts.envelope import MAX_TENANT_ID_LENGTH

OPEN_ENUM_KEYWORD = "x-open-enum"


class Value(BaseModel):
    """An immutable part of a message. Strict: no number passes for a text, no text for a number."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", strict=True, use_attribute_docstrings=True
    )


class OpenEnum(StrEnum):
    """Known values of a string that may take others later; a reader must expect those.

    An unknown value is kept as it came and is no member: `is_known` tells. In JSON Schema the type
    is `string`; the known values stand under `x-open-enum`.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # Not registered as a member: senders must not be able to grow our memory.
        unknown = str.__new__(cls, value)
        unknown._name_ = "UNKNOWN_VALUE"
        unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Tell whether this version of the package knows the value."""
        return self._value_ in type(self)._value2member_map_

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the enumeration as an open one."""
        schema = handler(core_schema)
        target = handler.resolve_ref_schema(schema)
        target[OPEN_ENUM_KEYWORD] = target.pop("enum")
        return schema


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time lies outside the years that can be written") from None


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment; any offset is read, UTC with `Z` is written."""

TenantId = Annotated[str, Field(min_length=1, max_length=MAX_TENANT_ID_LENGTH)]
"""The tenant as the identity provider's claim names it."""

ZoneName = Annotated[str, Field(min_length=1, max_length=64)]
"""An IANA time zone. Not checked against a zone database: the reader's may be older."""

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A month as `yyyy-mm` (ISO 8601)."""

LocalTime = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""A wall-clock time as `HH:MM`; `24:00` is the end of the day."""

Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]
"""A mail address (RFC 5321 addr-spec)."""

Locale = Annotated[str, Field(min_length=2, max_length=35)]
"""A language tag (BCP 47)."""

Name = Annotated[str, Field(max_length=256)]
Title = Annotated[str, Field(max_length=512)]
Text = Annotated[str, Field(max_length=8_000)]
Link = Annotated[str, Field(min_length=1, max_length=2_048)]

Revision = Annotated[int, Field(ge=1)]
"""Grows by at least one with every change of the aggregate."""

Uid = Annotated[str, Field(min_length=1, max_length=1_024)]
"""UID of a calendar entry (RFC 5545 §3.8.4.7)."""

Sequence = Annotated[int, Field(ge=0)]
"""SEQUENCE of a calendar entry (RFC 5545 §3.8.7.4)."""

OpaqueId = Annotated[str, Field(min_length=1, max_length=128)]
"""An id to compare, not to read."""

MinutesBefore = Annotated[int, Field(ge=0)]


class TimeRange(Value):
    """A half-open range of time `[start, end)`, never empty."""

    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a time range ends after it starts")
        return self


class Party(Value):
    """Someone who takes part, as mails and calendar entries name them."""

    name: Name
    address: Address


class PartyRole(OpenEnum):
    """Which side of a booking someone is on."""

    HOST = "host"
    GUEST = "guest"
