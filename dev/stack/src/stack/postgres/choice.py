"""Which PostgreSQL to run: given, in a container when asked for, else our own."""

from stack.postgres.embedded import EmbeddedPostgres
from stack.postgres.given import GivenPostgres
from stack.postgres.server import PostgresServer
from stack.settings import StackSettings
from stack.workspace import Workspace


def choose_postgres(settings: StackSettings, workspace: Workspace) -> PostgresServer:
    """Return a server to start."""
    if settings.given_postgres:
        return GivenPostgres(settings.given_postgres)
    if settings.containers:
        from stack.postgres.container import ContainerPostgres  # noqa: PLC0415 - an extra

        return ContainerPostgres(
            workspace,
            port=settings.ports.get("postgres"),
            durable=settings.durable,
            options=settings.postgres_options,
        )
    return EmbeddedPostgres(
        workspace,
        port=settings.ports.get("postgres"),
        durable=settings.durable,
        options=settings.postgres_options,
        outside=settings.outside,
    )
