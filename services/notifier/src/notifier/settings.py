"""The notifier's settings: `NOTIFIER__<GROUP>__<FIELD>`."""

from typing import Annotated, Literal

from messaging.settings import ServiceSettings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from notifier.application.mail_address import mailable
from notifier.domain.guest_links import MIN_KEY_BYTES


class SmtpSettings(BaseModel):
    """The mail server that takes our mails."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`tls` from the first byte, `none` on a trusted network"
    )
    username: str | None = None
    password: SecretStr | None = None
    timeout_seconds: float = Field(default=30.0, gt=0, description="For the whole dialogue")

    @model_validator(mode="after")
    def _credentials_are_protected(self) -> "SmtpSettings":
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        if self.username is not None and self.tls == "none":
            raise ValueError("credentials are sent over TLS only")
        return self


def _mailable(address: str) -> str:
    as_sent = mailable(address)
    if as_sent is None:
        raise ValueError("is not a mail address")
    return as_sent


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("stands on one line")
    return text


class MailSettings(BaseModel):
    """How our mails look from outside."""

    model_config = ConfigDict(extra="forbid")

    sender_address: Annotated[str, AfterValidator(_mailable)] = Field(
        description="From and ORGANIZER; its domain is aligned with DKIM and SPF"
    )
    sender_name: Annotated[str, AfterValidator(_one_line)] = Field(default="Entente", min_length=1)


class SendingSettings(BaseModel):
    """The pace at which mails are sent."""

    model_config = ConfigDict(extra="forbid")

    poll_seconds: float = Field(default=0.5, gt=0, description="How often due mails are looked for")
    at_once: int = Field(default=8, ge=1, le=100, description="Mails in hand, per replica")
    first_wait_seconds: float = Field(
        default=30.0, gt=0, description="After a first failure; doubled with each, up to an hour"
    )
    settling_seconds: float = Field(
        default=30.0,
        gt=0,
        description="What a dead replica's mails wait for, beyond the time of a dialogue",
    )


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value().encode()) < MIN_KEY_BYTES:
        raise ValueError(f"has at least {MIN_KEY_BYTES} bytes")
    return key


def _without_slash(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("is an http or https URL")
    return url.rstrip("/")


class NotifierSettings(ServiceSettings):
    """What the notifier needs."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER__")

    smtp: SmtpSettings
    mail: MailSettings
    sending: SendingSettings = SendingSettings()
    public_base_url: Annotated[str, AfterValidator(_without_slash)] = Field(
        description="Where booking's pages are reached from outside; mails link there"
    )
    guest_link_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        description="Shared with booking, which knows the links by it"
    )
