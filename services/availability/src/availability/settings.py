"""Availability's settings."""

from messaging.settings import ServiceSettings
from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import SettingsConfigDict
from webapi import OidcSettings

from availability.subscriptions import GROUP


class AnnouncementSettings(BaseModel):
    """The pace at which changes of busy time and overlaps are announced."""

    model_config = ConfigDict(extra="forbid")

    interval_seconds: float = Field(
        default=0.5, gt=0, description="Changes of a host within it become one announcement"
    )
    hosts_at_once: int = Field(default=20, ge=1, description="In one transaction")


class ReadingSettings(BaseModel):
    """The connections that answer requests."""

    model_config = ConfigDict(extra="forbid")

    connections: int = Field(default=8, ge=1, le=200, description="Statements at once")


class AvailabilitySettings(ServiceSettings):
    """Everything availability can be told."""

    model_config = SettingsConfigDict(env_prefix="AVAILABILITY__")

    oidc: OidcSettings
    group: str = Field(
        default=GROUP,
        min_length=1,
        description="Consumer group; another one, with a database of its own, is a second opinion",
    )
    announcements: AnnouncementSettings = AnnouncementSettings()
    reading: ReadingSettings = ReadingSettings()
