"""Settings every service shares, composed into each service's own model.

Values come from environment variables named `<SERVICE>__<GROUP>__<FIELD>`. Any of them may
instead be given as `<NAME>_FILE`, the path of a file that holds the value (Docker and
Kubernetes secrets).
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

_SEPARATOR = "__"
_FILE_SUFFIX = "_FILE"


class KafkaSettings(BaseModel):
    """How to reach Kafka."""

    model_config = ConfigDict(extra="forbid")

    bootstrap_servers: str = Field(min_length=1, description="host:port[,host:port…]")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ca_path: Path | None = Field(default=None, description="PEM bundle that signs the brokers")
    client_cert_path: Path | None = None
    client_key_path: Path | None = None
    group_instance_id: str | None = Field(
        default=None, description="Static membership (KIP-345): stable per pod, StatefulSets only"
    )
    session_timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="After it, a silent member's partitions go to others",
    )
    startup_timeout_seconds: float = Field(
        default=15.0, gt=0, description="How long a start waits for Kafka"
    )

    @model_validator(mode="after")
    def _sasl_needs_credentials(self) -> "KafkaSettings":
        if self.security_protocol.startswith("SASL") and not (
            self.sasl_username and self.sasl_password
        ):
            raise ValueError("sasl_username and sasl_password are required with SASL")
        return self


class PostgresSettings(BaseModel):
    """How to reach the service's own database."""

    model_config = ConfigDict(extra="forbid")

    dsn: SecretStr = Field(description="postgresql://user:password@host:port/database?sslmode=…")
    pool_size: int = Field(default=10, ge=2, le=200, description="Connections of one pool")
    statement_timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        description="After it, the server ends a statement or an idle transaction",
    )
    startup_timeout_seconds: float = Field(
        default=15.0, gt=0, description="How long a start waits for PostgreSQL"
    )
    migration_statement_seconds: float = Field(
        default=300.0, gt=0, description="The same for a statement of a migration"
    )
    migration_lock_seconds: float = Field(
        default=5.0,
        gt=0,
        description="A migration that waits longer for a table gives up: others wait behind it",
    )


class TelemetrySettings(BaseModel):
    """Where logs, spans and metrics go."""

    model_config = ConfigDict(extra="forbid")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    otlp_endpoint: str | None = Field(default=None, description="OTLP/HTTP base URL; unset: off")
    zipkin_endpoint: str | None = Field(
        default=None, description="URL that takes spans in Zipkin's v2 JSON; unset: off"
    )
    spans_path: Path | None = Field(
        default=None, description="Append spans to this JSON-lines file"
    )
    sample_ratio: float = Field(default=1.0, ge=0, le=1)
    parent_max_age_seconds: float = Field(
        default=3600.0,
        ge=0,
        description="Older events start a trace of their own, linked to the one that made them",
    )


class HttpSettings(BaseModel):
    """Where the service listens."""

    model_config = ConfigDict(extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    drain_seconds: float = Field(default=15.0, gt=0, description="Grace for requests and handlers")


class EnvironmentSettings(BaseSettings):
    """Settings read from the environment and from the files it names, and from nothing else."""

    model_config = SettingsConfigDict(
        env_nested_delimiter=_SEPARATOR, extra="forbid", hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Drop pydantic's other sources."""
        del env_settings, dotenv_settings, file_secret_settings
        return init_settings, _EnvironmentAndFiles(settings_cls)


class ServiceSettings(EnvironmentSettings):
    """What each service needs; a service subclasses it with its own groups and env_prefix."""

    kafka: KafkaSettings
    postgres: PostgresSettings
    telemetry: TelemetrySettings = TelemetrySettings()
    http: HttpSettings = HttpSettings()


S = TypeVar("S", bound=EnvironmentSettings)


def load(settings_type: type[S]) -> S:
    """Return the settings, or end the process (exit 2) with one line per faulty variable."""
    problems = [f"{name}: unknown setting" for name in _unknown_variables(settings_type)]
    settings = None
    try:
        settings = settings_type.model_validate({})
    except ValidationError as error:
        for detail in error.errors():
            problems += _lines(settings_type, dict(detail))
    except _UnreadableFileError as error:
        problems.append(str(error))
    if settings is None or problems:
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        raise SystemExit(2)
    return settings


def variable_names(settings_type: type[BaseSettings]) -> list[str]:
    """Every environment variable a service understands, without the `_FILE` forms."""
    prefix = str(settings_type.model_config.get("env_prefix", ""))
    return [prefix + name for name in _leaf_names(settings_type)]


class _UnreadableFileError(Exception):
    pass


class _EnvironmentAndFiles(EnvSettingsSource):
    """The declared variables of the environment, with `X_FILE` read into `X`.

    Others are left out, as `load` names them: pydantic would take `X_FILE` for an unknown field
    of the group, and a group's own name for the whole of it in JSON.
    """

    def _load_env_vars(self) -> Mapping[str, str | None]:
        given = super()._load_env_vars()
        values: dict[str, str | None] = {}
        for name in variable_names(self.settings_cls):
            if name.lower() in given:
                values[name.lower()] = given[name.lower()]
            path = os.environ.get(name + _FILE_SUFFIX)
            if path is not None:
                values[name.lower()] = _content(name + _FILE_SUFFIX, path)
        return values


def _content(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _UnreadableFileError(
            f"{variable}: cannot read the file it names ({type(error).__name__})"
        ) from error


def _leaf_names(model: type[BaseModel], *, only_required: bool = False) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if only_required and not field.is_required():
            continue
        group = _model_in(field.annotation)
        if group is None:
            yield name.upper()
        else:
            leaves = _leaf_names(group, only_required=only_required)
            yield from (name.upper() + _SEPARATOR + leaf for leaf in leaves)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _unknown_variables(settings_type: type[BaseSettings]) -> list[str]:
    prefix = str(settings_type.model_config.get("env_prefix", ""))
    if not prefix:
        return []
    known = {form for name in variable_names(settings_type) for form in (name, name + _FILE_SUFFIX)}
    return sorted(name for name in os.environ if name.startswith(prefix) and name not in known)


def _lines(settings_type: type[BaseSettings], detail: Mapping[str, Any]) -> Iterator[str]:
    prefix = str(settings_type.model_config.get("env_prefix", ""))
    name = prefix + _SEPARATOR.join(str(part).upper() for part in detail["loc"])
    if detail["type"] != "missing":
        yield f"{name}: {detail['msg']}"
        return
    required = [prefix + leaf for leaf in _leaf_names(settings_type, only_required=True)]
    for variable in required:
        if variable == name or variable.startswith(name + _SEPARATOR):
            yield f"{variable}: required, but not set"
