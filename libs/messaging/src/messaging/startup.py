"""Why a process may not start."""


class StartupError(Exception):
    """A dependency is unreachable or not prepared; its message is one line for the operator."""
