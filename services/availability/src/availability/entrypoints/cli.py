"""`entente rebuild`: projections, made anew from the topics."""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated

import typer
from messaging.database import build_engine
from messaging.settings import load
from rich.console import Console

from availability.adapters.shadow import PostgresShadow
from availability.adapters.topic_reader import topic_reader
from availability.application.rebuild import Rebuilt
from availability.application.rebuild import rebuild as rebuild_projections
from availability.settings import AvailabilitySettings
from availability.subscriptions import TOPICS

rebuild = typer.Typer(no_args_is_help=True, help="Make projections anew from the topics.")
_console = Console()


@rebuild.callback()
def group() -> None:
    """Make projections anew from the topics."""


@rebuild.command()
def availability(
    *,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Name the tables that were not the same; writers wait"),
    ] = False,
) -> None:
    """Replace availability's projections, while it goes on; AVAILABILITY__* say where."""
    done = asyncio.run(run_rebuild(load(AvailabilitySettings), compared=compare))
    _console.print(f"rebuilt from {done.records} records, {done.while_waiting} of them at the end")
    if compare:
        _console.print(f"different before: {', '.join(done.differences) or 'nothing'}")


async def run_rebuild(settings: AvailabilitySettings, *, compared: bool = False) -> Rebuilt:
    """Rebuild the projections of the service with these settings."""
    async with AsyncExitStack() as stack:
        engine = build_engine(settings.postgres, application_name="availability-rebuild")
        stack.push_async_callback(engine.dispose)
        reader = await stack.enter_async_context(
            topic_reader(settings.kafka, TOPICS, group=settings.group)
        )
        return await rebuild_projections(PostgresShadow(engine, reader), compared=compared)
