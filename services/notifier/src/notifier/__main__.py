"""Run the notifier: `python -m notifier`, or `python -m notifier migrate` before it."""

import asyncio
import sys

from messaging.settings import load

from notifier.adapters.migrate import migrate
from notifier.main import main
from notifier.settings import NotifierSettings

if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["migrate"]:
            asyncio.run(migrate(load(NotifierSettings).postgres))
        case _:
            sys.exit("usage: python -m notifier [migrate]")
