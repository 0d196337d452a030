"""The journal's settings."""

from typing import Literal

from messaging.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class JournalSettings(ServiceSettings):
    """What decides how this journal consumes."""

    model_config = SettingsConfigDict(env_prefix="JOURNAL__")

    group: str | None = Field(default=None, description="Consumer group; unset: only relays")
    source: Literal["notes", "copies"] = Field(default="notes", description="What it consumes")
    batches: bool = Field(default=False, description="Many records share a transaction")
    gathering_seconds: float = Field(default=0.0, description="How long a batch gathers records")
    forward: bool = Field(default=False, description="Announce every copy in an event of its own")
