"""The services of the demo, one entry each."""

import base64
import json
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """Where a service finds what is not its own.

    `services` has base URLs by name; `issuer` is the tokens' issuer; `calendar_servers` are the
    stack's own, as host:port. `zipkin` takes spans in Zipkin's v2 format, None without one.
    `guest_link_key` is what booking and the notifier share.
    """

    kafka: str
    smtp_host: str
    smtp_port: int
    services: Mapping[str, str]
    issuer: str
    guest_link_key: str
    calendar_servers: tuple[str, ...] = ()
    zipkin: str | None = None


def _nothing_more(_addresses: Addresses) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSpec:
    """How to run one service.

    It gets a database of its name, and the variables `<NAME>__KAFKA__BOOTSTRAP_SERVERS`,
    `<NAME>__POSTGRES__DSN`, `<NAME>__HTTP__HOST` and `<NAME>__HTTP__PORT`; `environment` adds to
    them. The `prepare` commands (migrations, topics) run to their end, in order, before it starts.
    It is ready when a GET of `ready_path` is answered with 2xx.
    """

    name: str
    command: tuple[str, ...]
    prepare: tuple[tuple[str, ...], ...] = ()
    ready_path: str = "/readyz"
    environment: Callable[[Addresses], Mapping[str, str]] = _nothing_more


def _connector(addresses: Addresses) -> Mapping[str, str]:
    return {
        "CONNECTOR__OIDC__ISSUER": addresses.issuer,
        "CONNECTOR__SECRETS__ENCRYPTION_KEYS": json.dumps([new_key()]),
        "CONNECTOR__SECRETS__PSEUDONYM_KEY": new_key(),
        "CONNECTOR__EGRESS__ALLOWED_PRIVATE": json.dumps(addresses.calendar_servers),
        "CONNECTOR__SYNC__INTERVAL_SECONDS": "10",
    }


def _availability(addresses: Addresses) -> Mapping[str, str]:
    return {"AVAILABILITY__OIDC__ISSUER": addresses.issuer}


def _booking(addresses: Addresses) -> Mapping[str, str]:
    return {
        "BOOKING__OIDC__ISSUER": addresses.issuer,
        "BOOKING__AVAILABILITY__URL": addresses.services["availability"],
        "BOOKING__AVAILABILITY__CLIENT_SECRET": "unread",  # the stack's issuer believes everybody
        "BOOKING__GUEST_LINK_KEY": addresses.guest_link_key,
    }


def _notifier(addresses: Addresses) -> Mapping[str, str]:
    return {
        "NOTIFIER__SMTP__HOST": addresses.smtp_host,
        "NOTIFIER__SMTP__PORT": str(addresses.smtp_port),
        "NOTIFIER__SMTP__TLS": "none",
        "NOTIFIER__MAIL__SENDER_ADDRESS": "bookings@entente.example",
        "NOTIFIER__PUBLIC_BASE_URL": addresses.services["booking"],
        "NOTIFIER__GUEST_LINK_KEY": addresses.guest_link_key,
    }


def new_key() -> str:
    """Return 256 random bits, in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _python(module: str, environment: Callable[[Addresses], Mapping[str, str]]) -> ServiceSpec:
    command = (sys.executable, "-m", module)
    return ServiceSpec(
        name=module, command=command, prepare=((*command, "migrate"),), environment=environment
    )


DEMO: tuple[ServiceSpec, ...] = (
    _python("connector", _connector),
    _python("availability", _availability),
    _python("booking", _booking),
    _python("notifier", _notifier),
)
