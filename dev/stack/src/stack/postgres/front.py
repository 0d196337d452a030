"""The door of a PostgreSQL for clients elsewhere."""

import sys

from stack.outside import Outside
from stack.ports import choose_port
from stack.postgres import tls
from stack.program import Command, Program
from stack.readiness import accepts_tcp
from stack.workspace import Workspace


class Front:
    """A process that speaks TLS on the outer address and leads to the server on loopback."""

    def __init__(self, workspace: Workspace, outside: Outside, *, target: int) -> None:
        port = choose_port(None, purpose="PostgreSQL, for others", host=outside.address)
        files = (str(outside.certificate), str(outside.key))
        self.authority = f"{outside.name}:{port}"
        self.program = Program(
            name="postgres-tls",
            command=Command(
                arguments=(
                    *(sys.executable, str(tls.__file__), outside.address, str(port)),
                    *(*files, str(target)),
                )
            ),
            workspace=workspace,
            ready=accepts_tcp(port, outside.address),
            shown=False,
        )
