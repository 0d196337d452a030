"""Run availability: `python -m availability`, or `python -m availability migrate` before it."""

import asyncio
import sys

from messaging.settings import load

from availability.adapters.migrate import migrate
from availability.main import main
from availability.settings import AvailabilitySettings

if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["migrate"]:
            asyncio.run(migrate(load(AvailabilitySettings).postgres))
        case _:
            sys.exit("usage: python -m availability [migrate]")
