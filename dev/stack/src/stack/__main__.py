"""`python -m stack`: run the local stack until Ctrl-C, SIGTERM or the end of our parent."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping

from rich.console import Console

from stack.component import Breakable
from stack.errors import StackError
from stack.journal import Journal
from stack.sample.furnish import Sample, furnish
from stack.sample.guidance import first_question, pages
from stack.sample.site import site_of
from stack.services import DEMO
from stack.settings import StackSettings
from stack.stack import Stack

_PARTS = ("postgres", "kafka", "mail", "services")
_WITHOUT_API = {"notifier"}
_LOOK_EVERY_SECONDS = 0.5


def main() -> int:
    """Return the exit code: 0 after a stop that was asked for, 1 when the stack cannot start."""
    arguments = _parser().parse_args()
    console = Console(highlight=False, soft_wrap=True)
    try:
        asyncio.run(_run_until_told(_settings(arguments), console))
    except StackError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"{error}", markup=False)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    parser.add_argument(
        "--only", type=_parts, default=_PARTS, metavar="PART,…", help=f"of {', '.join(_PARTS)}"
    )
    parser.add_argument(
        "--port",
        type=_port,
        action="append",
        default=[],
        metavar="NAME=PORT",
        help="postgres, kafka, smtp, mail, zipkin or a service; the others get free ports",
    )
    return parser


def _parts(value: str) -> tuple[str, ...]:
    parts = tuple(value.split(","))
    unknown = set(parts) - set(_PARTS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return parts


def _port(value: str) -> tuple[str, int]:
    name, _, port = value.partition("=")
    return name, int(port)


def _settings(arguments: argparse.Namespace) -> StackSettings:
    ports: Mapping[str, int] = dict(arguments.port)
    return StackSettings(
        postgres="postgres" in arguments.only,
        kafka="kafka" in arguments.only,
        mail="mail" in arguments.only,
        calendars="services" in arguments.only,
        services=DEMO if "services" in arguments.only else (),
        traces=os.environ.get("TRACES") == "1",
        ports=ports,
    )


async def _run_until_told(settings: StackSettings, console: Console) -> None:
    running = asyncio.create_task(_run(settings, console))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)  # a second one ends us at once
        running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    orphaned = asyncio.create_task(_await_orphanhood())
    await asyncio.wait([running, orphaned], return_when=asyncio.FIRST_COMPLETED)
    orphaned.cancel()
    if not running.done():
        stop()
    await asyncio.wait([running])
    if not running.cancelled():
        running.result()


async def _run(settings: StackSettings, console: Console) -> None:
    def announce(notice: str) -> None:
        console.print(notice, style="bold yellow", markup=False)

    async with Stack(settings, announce=announce, journal=Journal(console)) as stack:
        sample = await furnish(site_of(stack)) if stack.services else None
        _show(console, stack, sample)
        await _report_deaths(stack, announce)


def _show(console: Console, stack: Stack, sample: Sample | None) -> None:
    """Print where to look, and a first question to ask."""
    documents = {
        f"{name} API": f"{service.url}/docs"
        for name, service in stack.services.items()
        if name not in _WITHOUT_API
    }
    _list(console, {**stack.addresses, **documents})
    if sample is not None:
        console.print(first_question(stack, sample), markup=False)
        console.print("Be a guest: book, read both mails, and follow their links", markup=False)
        _list(console, pages(stack.services["booking"].url))
        console.print(f"\n  entente trace show BOOKING --spans {stack.workspace.spans}\n")
    console.print("ready; Ctrl-C stops everything", style="bold green")


def _list(console: Console, places: Mapping[str, str]) -> None:
    width = max(map(len, places), default=0)
    for label, address in places.items():
        console.print(f"{label:<{width}}  {address}", style="bold", markup=False)


async def _report_deaths(stack: Stack, announce: Callable[[str], None]) -> None:
    """Say it once when a program ends that nobody stopped."""
    reported: set[str] = set()
    while True:
        for component in stack.components:
            program = component.program if isinstance(component, Breakable) else None
            if program and not program.running and program.name not in reported:
                reported.add(program.name)
                announce(f"{program.name} ended with exit code {program.exit_code}")
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _await_orphanhood() -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - the system offers no event for it
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
