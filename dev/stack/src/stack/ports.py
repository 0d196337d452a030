"""Ports, as a rule on 127.0.0.1: find a free one, or say who holds the one that was wanted."""

import random
import socket
from collections.abc import Iterator
from contextlib import suppress

import psutil

from stack.errors import PortInUse, StackError

HOST = "127.0.0.1"

# Below the range from which systems take ports for outgoing connections (32768 on Linux, 49152
# elsewhere): a client that retries against a stopped server could otherwise be given the server's
# own port, connect to itself, and keep the server from coming back.
_FIRST, _LAST = 20_000, 32_000
_ATTEMPTS = 200


def choose_port(wanted: int | None, *, purpose: str, host: str = HOST) -> int:
    """Return `wanted` if it is free, or any free port when None; raise PortInUse otherwise."""
    if wanted is None:
        return next(_free_ports(host))
    if not _is_free(wanted, host):
        raise PortInUse(wanted, purpose=purpose, owner=_listener_on(wanted))
    return wanted


def _free_ports(host: str) -> Iterator[int]:
    for _ in range(_ATTEMPTS):
        port = random.SystemRandom().randint(_FIRST, _LAST)
        if _is_free(port, host):
            yield port
    raise StackError(f"no free port found between {_FIRST} and {_LAST}")


def _is_free(port: int, host: str) -> bool:
    with socket.socket() as probe:
        # As servers do: connections in TIME_WAIT are no obstacle, a listener is.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _listener_on(port: int) -> str | None:
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr
            if listens and listens.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return None
