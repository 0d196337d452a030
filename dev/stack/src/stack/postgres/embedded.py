"""A PostgreSQL of our own, from the programs inside a PyPI wheel."""

import ctypes
import secrets
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from stack.account import Account, unprivileged_account
from stack.errors import StackError
from stack.outside import Outside
from stack.ports import HOST, choose_port
from stack.postgres.binaries import programs_for
from stack.postgres.connection import answers
from stack.postgres.front import Front
from stack.postgres.server import PostgresServer
from stack.program import Command, Program
from stack.workspace import Workspace

_SUPERUSER = "entente"


class EmbeddedPostgres(PostgresServer):
    """One server on 127.0.0.1 with a fresh cluster in the workspace.

    `durable=False` turns fsync off: faster, and still safe against `kill`, since the operating
    system keeps what the server wrote; only a crash of the machine would lose data. With `outside`
    there is a second door, for TLS alone.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        port: int | None,
        durable: bool,
        options: Mapping[str, str],
        outside: Outside | None = None,
    ) -> None:
        self._workspace = workspace
        self._port = choose_port(port, purpose="PostgreSQL")
        self._durable = durable
        self._given_options = options
        self._front = Front(workspace, outside, target=self._port) if outside else None
        self._password = secrets.token_urlsafe(12)
        self._program: Program | None = None

    @property
    def admin_dsn(self) -> str:
        """The superuser's address."""
        return f"postgresql://{_SUPERUSER}:{self._password}@{HOST}:{self._port}/postgres"

    @property
    def outside(self) -> str:
        """Where others find it, `host:port`, with TLS."""
        if self._front is None:
            raise StackError("this PostgreSQL is reached on loopback only")
        return self._front.authority

    @property
    def program(self) -> Program | None:
        """The postmaster, once started."""
        return self._program

    async def start(self) -> None:
        """Make the cluster at the first start; return when it answers a query."""
        if self._program is None:
            self._program = await self._prepare()
        await self._program.start()
        if self._front:
            await self._front.program.start()

    async def stop(self) -> None:
        """Stop fast: roll back what is open, write a checkpoint."""
        if self._front:
            await self._front.program.stop()
        if self._program is None:
            return
        await self._program.stop()
        _release_shared_memory(self._data)

    @property
    def _data(self) -> Path:
        return self._workspace.path / "postgres" / "data"

    async def _prepare(self) -> Program:
        account = unprivileged_account()
        programs = await programs_for(account)
        home = self._workspace.directory("postgres")
        await self._initialise(programs / "initdb", home, account)
        return Program(
            name="postgres",
            command=Command(
                arguments=(str(programs / "postgres"), "-D", str(self._data), *self._options()),
                directory=home,
                account=account,
                when_orphaned=signal.SIGQUIT,  # unlike SIGKILL it lets go of shared memory
            ),
            workspace=self._workspace,
            ready=self._answers,
            stop_signal=signal.SIGINT,
        )

    async def _initialise(self, initdb: Path, home: Path, account: Account | None) -> None:
        if account:
            account.own(home)
        password_file = home / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if account:
            account.own(password_file)
        arguments = (
            *(str(initdb), "-D", str(self._data), "--username", _SUPERUSER),
            *("--pwfile", str(password_file), "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C"),
            # The same order and case rules on every machine, whatever its libc knows.
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *("--no-sync", "--no-instructions"),
        )
        command = Command(arguments=arguments, directory=home, account=account)
        initialise = Program(name="initdb", command=command, workspace=self._workspace, shown=False)
        await initialise.complete()
        password_file.unlink()

    def _options(self) -> tuple[str, ...]:
        settings = {
            "listen_addresses": HOST,
            "port": self._port,
            "unix_socket_directories": "",
            "max_connections": 200,
            # Shared memory as files in the data directory: nothing to leave behind in /dev/shm.
            "dynamic_shared_memory_type": "mmap",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "fsync": "on" if self._durable else "off",
            **self._given_options,
        }
        return tuple(f"--{name}={value}" for name, value in settings.items())

    async def _answers(self, _program: Program) -> str | None:
        return await answers(self.admin_dsn)


def _release_shared_memory(data: Path) -> None:
    """Remove the segment that a killed server held; a stopped one has removed its own.

    Line 7 of `postmaster.pid` names its key and id (PostgreSQL, miscinit.c).
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return
    ipc_rmid = 0
    with suppress(IndexError, ValueError):
        ctypes.CDLL(None).shmctl(int(lines[6].split()[1]), ipc_rmid, None)
