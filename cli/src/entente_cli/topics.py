"""`entente topics`: make and show the topics."""

import asyncio
from typing import Annotated

import typer
from messaging.admin import connect_admin, create_topics
from messaging.topology import all_topics, installed
from rich.table import Table

from entente_cli.kafka import KafkaAddress, settings_for
from entente_cli.output import say

app = typer.Typer(no_args_is_help=True, help="The topics Entente needs.")


@app.command()
def create(
    replication_factor: Annotated[int, typer.Option(min=1, help="Copies of each partition")] = 1,
    kafka: KafkaAddress = None,
) -> None:
    """Make the topics that do not exist yet; those that do are left as they are."""
    made = asyncio.run(_create(kafka, replication_factor))
    for name in made:
        say(f"made {name}")
    say(f"{len(made)} topics made")


@app.command("list")
def show() -> None:
    """Show the topics there must be, with key, partitions and clean-up."""
    table = Table("topic", "key", "partitions", "clean-up")
    for topic in all_topics(installed()):
        table.add_row(topic.name, topic.key, str(topic.partitions), topic.cleanup)
    say(table)


async def _create(kafka: str | None, replication_factor: int) -> list[str]:
    admin = await connect_admin(settings_for(kafka), client_id="entente-topics")
    try:
        return await create_topics(
            admin, all_topics(installed()), replication_factor=replication_factor
        )
    finally:
        await admin.close()
