"""PostgreSQL in a container."""

import secrets
from collections.abc import Mapping

from stack.ports import HOST, choose_port
from stack.postgres.connection import answers
from stack.postgres.server import PostgresServer
from stack.server_container import InContainer, ServerContainer, ServerImage
from stack.workspace import Workspace

IMAGE = ServerImage(
    variable="ENTENTE_POSTGRES_IMAGE",
    made_here="entente-local/postgres:18.4",
    public="postgres:18.4-bookworm",
)
_SUPERUSER = "entente"


class ContainerPostgres(InContainer, PostgresServer):
    """A server with a fresh cluster; `durable=False` turns fsync off."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        port: int | None,
        durable: bool,
        options: Mapping[str, str],
    ) -> None:
        self._port = choose_port(port, purpose="PostgreSQL")
        self._password = secrets.token_urlsafe(12)
        settings = {"port": self._port, "max_connections": 200, "timezone": "UTC"}
        settings |= {"fsync": "on" if durable else "off", **options}
        container = ServerContainer(
            workspace,
            image=IMAGE,
            port=self._port,
            command=["postgres", *(f"--{name}={value}" for name, value in settings.items())],
            environment={
                "POSTGRES_USER": _SUPERUSER,
                "POSTGRES_PASSWORD": self._password,
                "POSTGRES_DB": "postgres",
            },
            ready=self._answers,
        )
        super().__init__(container)

    @property
    def admin_dsn(self) -> str:
        """The superuser's address."""
        return f"postgresql://{_SUPERUSER}:{self._password}@{HOST}:{self._port}/postgres"

    async def restart(self, *, immediate: bool = False) -> None:
        """Stop and start on the same port and data; `immediate` is a crash with recovery."""
        await (self._container.kill("SIGQUIT") if immediate else self._container.stop())
        await self._container.start()

    async def _answers(self) -> str | None:
        return await answers(self.admin_dsn)
