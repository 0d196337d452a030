"""Run booking: `python -m booking`."""

import uvloop

from booking.main import main

if __name__ == "__main__":
    uvloop.install()
    main()
