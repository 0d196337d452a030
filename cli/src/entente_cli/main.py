"""`entente`: one command for operators; services add theirs through entry points.

An installed package offers a Typer app under the entry point group `entente.commands`, and the
topics its consumer groups read under `entente.subscriptions`.
"""

import logging
import sys
from importlib.metadata import entry_points

import typer
from aiokafka.errors import KafkaError
from messaging.startup import StartupError

from entente_cli import dlq, topics

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Operate Entente.",
)
app.add_typer(topics.app, name="topics")
app.add_typer(dlq.app, name="dlq")


def main() -> None:
    """Run the command line with every installed package's commands."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the command says it in one line
    for entry in entry_points(group="entente.commands"):
        app.add_typer(entry.load(), name=entry.name)
    try:
        app()
    except StartupError as error:
        sys.exit(str(error))
    except KafkaError as error:
        sys.exit(f"Kafka: {error}")
