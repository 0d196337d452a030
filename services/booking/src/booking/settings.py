"""Booking's settings: `BOOKING__<GROUP>__<FIELD>`."""

from typing import Annotated

from messaging.settings import ServiceSettings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import SettingsConfigDict
from webapi import OidcSettings

from booking.domain.guest_links import MIN_KEY_BYTES


class AvailabilitySettings(BaseModel):
    """The availability service, which says what is free."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, description="Base URL")
    timeout_seconds: float = Field(default=3.0, gt=0, description="For one answer")
    client_id: str = "booking"
    client_secret: SecretStr = Field(description="Of this service at the issuer")


class SagaSettings(BaseModel):
    """How long a booking waits, and for whom."""

    model_config = ConfigDict(extra="forbid")

    answer_seconds: float = Field(
        default=20.0, gt=0, description="Past it, a booking is confirmed without its calendars"
    )
    poll_seconds: float = Field(default=0.5, gt=0, description="How often due sagas are looked for")
    uid_domain: str = Field(
        default="entente.invalid", min_length=1, description="Behind the @ of every UID"
    )


class LimitSettings(BaseModel):
    """What the public may ask of us."""

    model_config = ConfigDict(extra="forbid")

    requests_per_minute: int = Field(default=60, ge=1, description="Per client network")
    bookings_per_hour: int = Field(default=10, ge=1, description="Per guest's address")
    max_unanswered: int = Field(default=5, ge=1, description="Proposals of one guest's address")


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value().encode()) < MIN_KEY_BYTES:
        raise ValueError(f"has at least {MIN_KEY_BYTES} bytes")
    return key


class BookingSettings(ServiceSettings):
    """What the booking service needs."""

    model_config = SettingsConfigDict(env_prefix="BOOKING__")

    oidc: OidcSettings
    availability: AvailabilitySettings
    guest_link_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        description="Shared with the notifier, which writes the links"
    )
    saga: SagaSettings = SagaSettings()
    limits: LimitSettings = LimitSettings()
