"""`python -m stack.kafka`: print the directory of Apache Kafka's jars, fetched if need be."""

import asyncio
import sys

from stack.errors import StackError
from stack.kafka.apache import RELEASE
from stack.maven import Maven
from stack.workspace import open_workspace


def main() -> int:
    """Return the exit code."""
    try:
        sys.stdout.write(f"{asyncio.run(_libraries())}\n")
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _libraries() -> str:
    workspace = await open_workspace(lambda _: None)
    try:
        return str(await Maven(workspace).libraries("kafka", RELEASE))
    finally:
        workspace.remove()


if __name__ == "__main__":
    sys.exit(main())
