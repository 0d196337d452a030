"""`entente trace show`: what a booking caused, as the local stack's services recorded it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from stack.spans import Span, read_spans
from stack.workspace import user_home

app = typer.Typer(no_args_is_help=True, help="Look at traces of the local stack.")

_MILLISECOND = timedelta(milliseconds=1)
# What tells one step from another, of all that a span may say of itself.
_TELLING = (
    "cloudevents.event_type",
    "http.response.status_code",
    "entente.outcome",
    "error.type",
)


@app.callback()
def group() -> None:
    """Look at traces of the local stack."""


@app.command()
def show(
    booking: Annotated[str, typer.Argument(help="The booking's id")],
    *,
    spans: Annotated[
        Path | None, typer.Option(help="The stack's folder of spans; the newest stack's by default")
    ] = None,
) -> None:
    """Print every trace that speaks of a booking, from the request to the mails."""
    folder = spans or _newest()
    found = traces_of(booking, folder)
    if not found:
        raise typer.BadParameter(f"no span in {folder} speaks of {booking}", param_hint="BOOKING")
    console = Console(soft_wrap=True)
    for trace in found:
        console.print(drawn(trace))


def traces_of(booking: str, folder: Path) -> list[list[Span]]:
    """Return the traces with a span about the booking, each in the order of time."""
    spans = [span for path in sorted(folder.glob("*.jsonl")) for span in read_spans(path)]
    about = {span.trace_id for span in spans if booking in span.attributes.values()}
    traces: dict[str, list[Span]] = {}
    for span in sorted(spans, key=_start):
        if span.trace_id in about:
            traces.setdefault(span.trace_id, []).append(span)
    return list(traces.values())


def drawn(trace: Sequence[Span]) -> Tree:
    """Return a trace as a tree; a span whose parent was not recorded stands at its top."""
    known = {span.span_id for span in trace}
    children: dict[str | None, list[Span]] = {}
    for span in trace:
        parent = span.parent_id if span.parent_id in known else None
        children.setdefault(parent, []).append(span)
    head = Text(f"trace {trace[0].trace_id}, {trace[0].start:%Y-%m-%d %H:%M:%S} UTC", "bold")
    root = Tree(head)
    _grow(root, None, children, trace[0].start)
    return root


def _grow(
    tree: Tree, parent: str | None, children: Mapping[str | None, list[Span]], begin: datetime
) -> None:
    for span in children.get(parent, ()):
        _grow(tree.add(_line(span, begin)), span.span_id, children, begin)


def _line(span: Span, begin: datetime) -> Text:
    line = Text(f"{(span.start - begin) / _MILLISECOND:7.0f} ms  ")
    line.append(f"{span.service:<12} ", "cyan")
    line.append(span.name, "red" if span.failed else "bold")
    told = [str(span.attributes[name]) for name in _TELLING if name in span.attributes]
    line.append(f"  {(span.end - span.start) / _MILLISECOND:.1f} ms  {' '.join(told)}", "dim")
    return line


def _newest() -> Path:
    folders = sorted(user_home().glob("stack-*/spans"), key=lambda path: path.stat().st_mtime)
    if not folders:
        raise typer.BadParameter("no stack runs here; name its folder", param_hint="--spans")
    return folders[-1]


def _start(span: Span) -> datetime:
    return span.start
