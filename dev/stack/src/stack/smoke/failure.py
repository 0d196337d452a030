"""What the smoke journey could not do."""

from stack.errors import StackError


class SmokeError(StackError):
    """A step of the journey did not end as it should."""
