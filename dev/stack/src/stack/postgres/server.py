"""What every PostgreSQL of the stack can do, wherever it runs."""

import signal
from abc import abstractmethod
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from stack.component import Breakable


class PostgresServer(Breakable):
    """A PostgreSQL server and the databases made on it."""

    @property
    @abstractmethod
    def admin_dsn(self) -> str:
        """A superuser's address of the maintenance database, `postgresql://…`."""

    @property
    def addresses(self) -> Mapping[str, str]:
        """The maintenance database's address."""
        return {"PostgreSQL": self.admin_dsn}

    async def restart(self, *, immediate: bool = False) -> None:
        """Stop and start on the same port and data; `immediate` is a crash with recovery."""
        await self._our_program().terminate(with_signal=signal.SIGQUIT if immediate else None)
        await self.start()

    def dsn(self, database: str) -> str:
        """Return the address of a database by name."""
        return urlunsplit(urlsplit(self.admin_dsn)._replace(path=f"/{database}"))

    async def create_database(self, name: str) -> str:
        """Create an empty database and return its address."""
        await self._execute(f'CREATE DATABASE "{name}"')
        return self.dsn(name)

    async def drop_database(self, name: str) -> None:
        """Drop a database, ending the connections to it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin_dsn, timeout=10)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
