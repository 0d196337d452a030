"""Run booking: `python -m booking`."""

from booking.main import main

if __name__ == "__main__":
    main()
