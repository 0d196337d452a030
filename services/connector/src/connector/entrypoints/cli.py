"""What operators can tell the connector: `entente keys …`."""

import asyncio
from typing import Annotated

import typer
from messaging.database import build_engine, build_sessions
from messaging.settings import load

from connector.adapters.postgres.rotation import KeyRotation, Rotation
from connector.adapters.vault import AesGcmVault
from connector.settings import ConnectorSettings

keys = typer.Typer(help="Keys that encrypt the credentials of connected accounts.")


@keys.callback()
def group() -> None:
    """Keys that encrypt the credentials of connected accounts."""


@keys.command()
def rotate(
    batch: Annotated[int, typer.Option(min=1, help="Credentials per transaction")] = 100,
) -> None:
    """Encrypt all credentials under the first key of CONNECTOR__SECRETS__ENCRYPTION_KEYS.

    Interrupted, it goes on where it ended when run again. Exit code 1 when some credentials could
    not be read: their owners have to give them again.
    """
    rotation = asyncio.run(_rotate(load(ConnectorSettings), batch))
    typer.echo(f"{rotation.rotated} encrypted under the current key")
    if rotation.unreadable:
        typer.echo(f"{rotation.unreadable} cannot be read with any key given", err=True)
        raise typer.Exit(1)


async def _rotate(settings: ConnectorSettings, batch: int) -> Rotation:
    engine = build_engine(settings.postgres, application_name="connector-keys")
    vault = AesGcmVault.from_text(
        [key.get_secret_value() for key in settings.secrets.encryption_keys]
    )
    try:
        return await KeyRotation(build_sessions(engine), vault).run(batch=batch)
    finally:
        await engine.dispose()
