"""What a stack shall consist of."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stack.outside import Outside
from stack.services import ServiceSpec

KafkaChoice = Literal["best", "apache", "memory"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StackSettings:
    """Which components, on which ports, how durable.

    `calendars` are a CalDAV server and an ICS link; services bring the issuer of their tokens.
    `ports` gives a component or service a port by its name (`postgres`, `kafka`, `smtp`, `mail`,
    `zipkin`, `issuer`, `radicale`, `feed`, or a service's name); the others get free ones.
    `kafka_choice` "best" takes the first that can be had, see `stack.kafka.choice`.
    `postgres_options` are settings of the PostgreSQL that is started here (`shared_buffers`).
    `given_postgres` and `given_kafka` are addresses of servers that run already; by default those
    of the environment. `outside` lets others than this machine's own programs reach the servers
    that are started here.
    """

    postgres: bool = True
    kafka: bool = True
    mail: bool = False
    traces: bool = False
    calendars: bool = False
    services: tuple[ServiceSpec, ...] = ()
    ports: Mapping[str, int] = field(default_factory=dict[str, int])
    durable: bool = True
    postgres_options: Mapping[str, str] = field(default_factory=dict[str, str])
    kafka_choice: KafkaChoice = "best"
    kafka_advertised_port: int | None = None
    outside: Outside | None = None
    containers: bool = field(
        default_factory=lambda: os.environ.get("ENTENTE_STACK") == "containers"
    )
    given_postgres: str | None = field(
        default_factory=lambda: os.environ.get("ENTENTE_POSTGRES_DSN")
    )
    given_kafka: str | None = field(
        default_factory=lambda: os.environ.get("ENTENTE_KAFKA_BOOTSTRAP")
    )
