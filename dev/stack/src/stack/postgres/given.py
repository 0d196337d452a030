"""A PostgreSQL somebody else runs."""

from stack.postgres.server import PostgresServer
from stack.program import Program


class GivenPostgres(PostgresServer):
    """The server named by `ENTENTE_POSTGRES_DSN`; databases made here are dropped at the end."""

    def __init__(self, admin_dsn: str) -> None:
        self._admin_dsn = admin_dsn
        self._created: set[str] = set()

    @property
    def admin_dsn(self) -> str:
        """The address as given."""
        return self._admin_dsn

    @property
    def program(self) -> Program | None:
        """None: not ours to break."""
        return None

    async def start(self) -> None:
        """Check that the server answers."""
        await self._execute("SELECT 1")

    async def stop(self) -> None:
        """Drop what was created here."""
        for name in sorted(self._created):
            await self.drop_database(name)

    async def create_database(self, name: str) -> str:
        """Create an empty database and return its address."""
        dsn = await super().create_database(name)
        self._created.add(name)
        return dsn

    async def drop_database(self, name: str) -> None:
        """Drop a database, ending the connections to it."""
        await super().drop_database(name)
        self._created.discard(name)
