"""`python -m stack.smoke`: start the demo, make the journey, stop.

With addresses, the journey is made on a furnished system that runs already. The last line says what
was seen; the exit code is 1 when something was not as it should be.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable

import httpx
from rich.console import Console

from stack.clients.mails import MailClient
from stack.errors import StackError
from stack.sample.furnish import furnish
from stack.sample.site import site_of
from stack.services import DEMO
from stack.settings import StackSettings
from stack.smoke.journey import Seen, travel
from stack.smoke.places import places
from stack.stack import Stack

_ADDRESSES = {
    "booking": "where guests reach booking",
    "caldav": "the CalDAV server",
    "mail": "the mail catcher's page",
}


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m stack.smoke", description=__doc__)
    for name, what in _ADDRESSES.items():
        parser.add_argument(f"--{name}", metavar="URL", help=what)
    told = parser.parse_args()
    given = [value for value in vars(told).values() if value is not None]
    if given and len(given) < len(_ADDRESSES):
        parser.error(f"{', '.join(f'--{name}' for name in _ADDRESSES)} go together")

    console = Console(highlight=False, soft_wrap=True)

    def say(what: str) -> None:
        console.print(f"  {what}", markup=False)

    elsewhere = places(told.booking, told.caldav, MailClient(told.mail)) if given else None
    try:
        seen = asyncio.run(travel(elsewhere, say) if elsewhere else _on_a_stack_of_our_own(say))
    except (StackError, TimeoutError, httpx.HTTPError) as error:
        console.print(f"smoke: failed: {error or 'no answer in time'}", markup=False)
        return 1
    console.print(f"{seen}", markup=False)
    return 0


async def _on_a_stack_of_our_own(say: Callable[[str], None]) -> Seen:
    settings = StackSettings(services=DEMO, calendars=True, mail=True)
    async with Stack(settings, announce=say) as stack:
        await furnish(site_of(stack))
        say("the stack is up, two hosts can be booked")
        booking = stack.services["booking"].url
        return await travel(places(booking, stack.radicale.url, stack.mail), say)


if __name__ == "__main__":
    sys.exit(main())
