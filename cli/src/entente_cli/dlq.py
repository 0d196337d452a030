"""`entente dlq`: what could not be handled, and how to have it handled after all."""

import asyncio
from collections.abc import Iterable
from typing import Annotated

import typer
from entente_contracts import Topic
from messaging.redrive import DeadLetter, DeadLetterQueue
from messaging.topology import installed
from rich.table import Table

from entente_cli.kafka import KafkaAddress, settings_for
from entente_cli.output import say

app = typer.Typer(no_args_is_help=True, help="Dead letters: list, show, redrive.")

TopicName = Annotated[str, typer.Option("--topic", help="The topic the records were read from")]
Group = Annotated[str, typer.Option("--group", help="The consumer group that failed them")]


@app.command("list")
def show_waiting(
    topic: Annotated[str | None, typer.Option("--topic", help="Only of this topic")] = None,
    group: Annotated[str | None, typer.Option("--group", help="Only of this group")] = None,
    kafka: KafkaAddress = None,
) -> None:
    """List the dead letters that have not been redriven."""
    table = Table("topic", "group", "letter", "key", "reason", "detail", "at")
    for source, owner in _queues(topic, group):
        queue = DeadLetterQueue(settings_for(kafka), source, owner)
        for letter in asyncio.run(queue.waiting()):
            about = letter.about
            table.add_row(
                source.name,
                owner,
                str(letter.offset),
                _text(letter.record.key),
                about.get("reason", ""),
                about.get("detail", ""),
                about.get("at", ""),
            )
    say(table if table.row_count else "no dead letters wait")


@app.command()
def show(
    topic: TopicName,
    group: Group,
    letter: Annotated[int, typer.Argument(help="Its number in `list`")],
    kafka: KafkaAddress = None,
    *,
    content: Annotated[
        bool, typer.Option("--content", help="Show headers and value, which may be personal data")
    ] = False,
) -> None:
    """Show all that is known of one dead letter."""
    found = _letter(kafka, _topic(topic, group), group, letter)
    for name, value in found.about.items():
        say(f"[bold]{name}[/bold]: {value}", highlight=False)
    if content:
        for name, value in found.record.headers:
            say(f"header {name}: {_text(value)}", highlight=False, markup=False)
        say(_text(found.record.value), highlight=False, markup=False)


@app.command()
def redrive(
    topic: TopicName,
    group: Group,
    letter: Annotated[int | None, typer.Option(help="Only this one, which stays listed")] = None,
    kafka: KafkaAddress = None,
) -> None:
    """Give the waiting letters back to the group that failed them, and to no other."""
    queue = DeadLetterQueue(settings_for(kafka), _topic(topic, group), group)
    if letter is not None:
        _letter(kafka, _topic(topic, group), group, letter)
    number = asyncio.run(queue.redrive(offset=letter))
    say(f"{number} redriven")


def _queues(topic: str | None, group: str | None) -> Iterable[tuple[Topic, str]]:
    for owner, read in installed().items():
        for source in read:
            if topic in (None, source.name) and group in (None, owner):
                yield source, owner


def _topic(name: str, group: str) -> Topic:
    for source, owner in _queues(name, group):
        if owner == group:
            return source
    raise typer.BadParameter(f"group {group!r} of no installed service reads {name!r}")


def _letter(kafka: str | None, topic: Topic, group: str, offset: int) -> DeadLetter:
    queue = DeadLetterQueue(settings_for(kafka), topic, group)
    for letter in asyncio.run(queue.waiting()):
        if letter.offset == offset:
            return letter
    raise typer.BadParameter(f"no waiting letter {offset}")


def _text(value: bytes | None) -> str:
    return "" if value is None else value.decode(errors="backslashreplace")
