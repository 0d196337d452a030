"""Which Kafka a command talks to."""

from typing import Annotated

import typer
from messaging.settings import EnvironmentSettings, KafkaSettings, load
from pydantic_settings import SettingsConfigDict

KafkaAddress = Annotated[
    str | None,
    typer.Option(
        "--kafka",
        help="host:port[,host:port…] without authentication;"
        " else ENTENTE__KAFKA__BOOTSTRAP_SERVERS and its neighbours say how to connect",
    ),
]


class OperatorSettings(EnvironmentSettings):
    """What the command line takes from the environment."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE__")

    kafka: KafkaSettings


def settings_for(address: str | None) -> KafkaSettings:
    """Return how to reach the cluster at the address, or the one the environment names."""
    if address is not None:
        return KafkaSettings(bootstrap_servers=address)
    return load(OperatorSettings).kafka
