"""`python -m stack.sample`: fill a system that runs elsewhere, and print where guests book.

A second time it adds nothing. The connector has to reach the calendars and the links at the
addresses given here.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import httpx

from stack.clients.calendars import CalendarClient
from stack.clients.links import LinkFolder
from stack.clients.tokens import TokenClient
from stack.errors import StackError
from stack.sample.furnish import furnish, is_furnished
from stack.sample.guidance import pages
from stack.sample.site import Site


def main() -> int:
    """Return the exit code."""
    told = _parser().parse_args()
    site = Site(
        services={"booking": told.booking, "connector": told.connector},
        issuer=TokenClient(told.issuer),
        calendars=CalendarClient(told.caldav),
        links=LinkFolder(told.links, told.links_url),
    )
    try:
        asyncio.run(_furnish(site))
    except (StackError, TimeoutError, httpx.HTTPError) as error:
        sys.stderr.write(f"not furnished: {error or 'no answer in time'}\n")
        return 1
    places = pages(told.pages or told.booking)
    width = max(map(len, places))
    sys.stdout.writelines(f"{what:<{width}}  {at}\n" for what, at in places.items())
    return 0


async def _furnish(site: Site) -> None:
    if not await is_furnished(site):
        await furnish(site)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack.sample", description=__doc__)
    for name in ("booking", "connector", "issuer", "caldav"):
        parser.add_argument(f"--{name}", required=True, metavar="URL")
    parser.add_argument(
        "--links", required=True, type=Path, metavar="FOLDER", help="of calendars that are served"
    )
    parser.add_argument("--links-url", required=True, metavar="URL", help="where that folder is")
    parser.add_argument("--pages", metavar="URL", help="where guests reach booking, to be printed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
