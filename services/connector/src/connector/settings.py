"""The connector's settings."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Self

from messaging.settings import ServiceSettings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict
from webapi import OidcSettings

_KEY_BYTES = 32


def _require_key(secret: SecretStr) -> SecretStr:
    try:
        key = base64.b64decode(secret.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a key is base64") from None
    if len(key) != _KEY_BYTES:
        raise ValueError(f"a key has {_KEY_BYTES} bytes before base64")
    return secret


Key = Annotated[SecretStr, AfterValidator(_require_key)]


class SecretsSettings(BaseModel):
    """The keys. `openssl rand -base64 32` makes one."""

    model_config = ConfigDict(extra="forbid")

    encryption_keys: tuple[Key, ...] = Field(
        min_length=1,
        description="JSON list of base64 keys; the first encrypts, all decrypt",
    )
    pseudonym_key: Key = Field(
        description="Base64 key of opaque ids; it stays the same when encryption keys rotate"
    )


class EgressSettings(BaseModel):
    """Where user-supplied addresses may lead."""

    model_config = ConfigDict(extra="forbid")

    allow_http: bool = Field(default=False, description="Allow plain http for public servers")
    allowed_private: frozenset[str] = Field(
        default=frozenset(), description="JSON list of the operator's own host:port entries"
    )
    proxy: SecretStr | None = Field(default=None, description="URL of an egress proxy")


class SyncSettings(BaseModel):
    """The pace of reading calendars."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = Field(default=True, description="Off: this replica answers HTTP only")
    concurrency: int = Field(default=16, ge=1, le=500, description="Calendars read at once")
    per_server: int = Field(default=4, ge=1, description="At once from one server, all replicas")
    lease_seconds: float = Field(
        default=180.0,
        gt=0,
        description="For one reading, longer after failures; then another replica may begin",
    )
    interval_seconds: float = Field(default=300.0, gt=0, description="Between two good readings")
    first_retry_seconds: float = Field(
        default=30.0, gt=0, description="After a first failure; longer with each"
    )
    failures_to_degrade: int = Field(
        default=3, ge=1, description="In a row, and a calendar is announced as degraded"
    )
    stale_after_seconds: float = Field(
        default=3600.0, gt=0, description="Without a good reading, it is degraded as well"
    )
    freshness_seconds: float = Field(
        default=900.0, gt=0, description="How often an unchanged calendar is announced as checked"
    )
    second_look_seconds: float = Field(
        default=15.0,
        ge=0,
        description="Between two looks for an entry that is gone, before it counts as deleted",
    )
    deletion_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="A reading that loses more of a calendar waits for a word",
    )
    deletion_count: int = Field(default=10, ge=0, description="If it loses more entries than this")

    @model_validator(mode="after")
    def _leaves_time_to_read(self) -> Self:
        if self.second_look_seconds * 2 > self.lease_seconds:
            raise ValueError("second_look_seconds is at most half of lease_seconds")
        return self


class EntriesSettings(BaseModel):
    """The pace of writing bookings' entries. A lease outlasts an attempt, and that a last look."""

    model_config = ConfigDict(extra="forbid")

    concurrency: int = Field(default=8, ge=1, le=500, description="Entries written at once")
    lease_seconds: float = Field(
        default=60.0,
        gt=0,
        description="After it, another replica tries what a dead one had in hand",
    )
    attempt_seconds: float = Field(default=45.0, gt=0, description="For one entry, look included")
    look_seconds: float = Field(default=15.0, gt=0, description="For all calendars that block")
    first_retry_seconds: float = Field(
        default=1.0, gt=0, description="After a first failure; longer with each"
    )
    longest_retry_seconds: float = Field(default=900.0, gt=0, description="Between two attempts")

    @model_validator(mode="after")
    def _outlasts(self) -> Self:
        if not self.look_seconds < self.attempt_seconds < self.lease_seconds:
            raise ValueError("look_seconds < attempt_seconds < lease_seconds")
        return self


class ExpansionSettings(BaseModel):
    """The worker processes that expand calendars."""

    model_config = ConfigDict(extra="forbid")

    workers: int = Field(default=2, ge=1, le=64, description="Processes of one replica")
    memory_mib: int = Field(default=1024, ge=256, description="Address space of each worker")
    seconds: float = Field(default=60.0, gt=0, description="For one calendar")


class TenantSettings(BaseModel):
    """What tenants allow."""

    model_config = ConfigDict(extra="forbid")

    max_calendars_per_user: int | None = Field(default=None, ge=1, description="Unset: no limit")
    max_calendars_of: dict[str, int] = Field(
        default_factory=dict[str, int], description="JSON object: exceptions by tenant"
    )


class ConnectorSettings(ServiceSettings):
    """Everything the connector can be told."""

    model_config = SettingsConfigDict(env_prefix="CONNECTOR__")

    oidc: OidcSettings
    secrets: SecretsSettings
    egress: EgressSettings = EgressSettings()
    sync: SyncSettings = SyncSettings()
    entries: EntriesSettings = EntriesSettings()
    expansion: ExpansionSettings = ExpansionSettings()
    tenants: TenantSettings = TenantSettings()


def seconds(value: float) -> timedelta:
    """Return a setting in seconds as a duration."""
    return timedelta(seconds=value)
