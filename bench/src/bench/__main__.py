"""Run benchmarks: `python -m bench [SUITE…] [--profile smoke|full] [--json PATH] [--seed N]`.

Ends with 1 when an answer is wrong or a target is missed by more than half, else with 0.
"""

import argparse
import asyncio
import json
import logging
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop
from stack.settings import StackSettings
from stack.stack import Stack

from bench import blocks, machine, report, servers
from bench.blocks import Result
from bench.stopwatch import Stopwatch
from bench.suite import Profile, WrongAnswerError
from bench.suites import SUITES

_RESULTS = Path(__file__).parents[2] / "results" / "local"


def main() -> None:
    """Measure the suites that are named, or all."""
    logging.basicConfig(level=logging.ERROR)
    arguments = _arguments()
    profile, seed = Profile(arguments.profile), arguments.seed
    before = machine.load_average()
    started = datetime.now(UTC)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            results, servers = runner.run(_measure(arguments.suites, profile, seed))
    except WrongAnswerError as error:
        sys.exit(f"wrong answer: {error}")
    path = arguments.json or _RESULTS / f"{started:%Y%m%dT%H%M%SZ}-{profile.value}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "started": started.isoformat(timespec="seconds"),
        "profile": profile.value,
        "machine": machine.describe() | servers,
        "load_average": {"before": before, "after": machine.load_average()},
        "results": [report.as_json(result) for result in results],
    }
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(report.table(results))
    print(f"kafka: {servers.get('kafka', 'not used')}; everything measured: {path}")
    if any(result.hopeless for result in results):
        sys.exit("a target is missed by more than half")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("suites", nargs="*", type=_known, default=list(SUITES), metavar="SUITE")
    parser.add_argument("--profile", choices=[p.value for p in Profile], default="smoke")
    parser.add_argument("--json", type=Path, metavar="PATH")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    return parser.parse_args()


def _known(name: str) -> str:
    if name not in SUITES:
        raise argparse.ArgumentTypeError(f"no suite {name}; there are {', '.join(SUITES)}")
    return name


async def _measure(
    names: Sequence[str], profile: Profile, seed: int
) -> tuple[list[Result], dict[str, Any]]:
    results: list[Result] = []
    wanted = StackSettings(postgres=False, kafka=False, postgres_options=servers.POSTGRES_OPTIONS)
    async with Stack(wanted) as stack:
        for name in names:
            print(f"{name} …", end=" ", file=sys.stderr, flush=True)
            watch = Stopwatch()
            async with SUITES[name](stack, profile) as suites:
                ready = watch.seconds
                results += [await blocks.run(suite, profile, seed) for suite in suites]
            print(f"{watch.seconds:.0f} s, {ready:.0f} of them to make ready", file=sys.stderr)
        return results, await machine.describe_servers(stack)


if __name__ == "__main__":
    main()
