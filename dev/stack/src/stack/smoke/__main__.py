"""`python -m stack.smoke`: start the demo, make the journey, stop.

The last line says what was seen; the exit code is 1 when something was not as it should be.
"""

import asyncio
import sys

from rich.console import Console

from stack.errors import StackError
from stack.sample.furnish import furnish
from stack.sample.hosts import ADA
from stack.sample.meeting_types import INTRODUCTION
from stack.services import DEMO
from stack.settings import StackSettings
from stack.smoke.journey import Places, Seen, travel
from stack.stack import Stack


def main() -> int:
    """Return the exit code."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        seen = asyncio.run(_run(console))
    except (StackError, TimeoutError) as error:
        console.print(f"smoke: failed: {error or 'no answer in time'}", markup=False)
        return 1
    console.print(f"{seen}", markup=False)
    return 0


async def _run(console: Console) -> Seen:
    def say(what: str) -> None:
        console.print(f"  {what}", markup=False)

    settings = StackSettings(services=DEMO, calendars=True, mail=True)
    async with Stack(settings, announce=say) as stack:
        await furnish(stack)
        say("the stack is up, two hosts can be booked")
        return await travel(places(stack), say)


def places(stack: Stack) -> Places:
    """Return where the journey goes in a furnished stack."""
    account = f"{ADA.owner}:{ADA.owner}"
    return Places(
        page=f"{stack.services['booking'].url}/m/{INTRODUCTION.slug}",
        calendar=f"http://{account}@{stack.radicale.authority}/{ADA.owner}/office/",
        host=ADA.name,
        mails=stack.mail.messages,
    )


if __name__ == "__main__":
    sys.exit(main())
