"""Connectors as processes of their own, to be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from connector.settings import ConnectorSettings
from stack.pytest_plugin import unique_name

_PATIENCE_SECONDS = 180.0
"""A process of its own takes its time to start on a busy machine."""


@dataclass
class ConnectorProcess:
    """A connector under way; `log` is its output, `fired` the failpoints it reached."""

    process: asyncio.subprocess.Process
    log: Path
    fired: Path

    async def killed(self) -> None:
        """Wait until a failpoint has killed it."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            code = await self.process.wait()
        if code != -signal.SIGKILL:
            raise AssertionError(f"ended with {code}:\n{self.log.read_text()[-4000:]}")


@asynccontextmanager
async def connector_process(
    settings: ConnectorSettings, folder: Path, *, failpoints: str = ""
) -> AsyncGenerator[ConnectorProcess]:
    """Run `python -m connector` with these settings."""
    log, fired = folder / f"{unique_name('output')}.log", folder / "failpoints.log"
    environment = {
        **{name: value for name, value in os.environ.items() if "CONNECTOR__" not in name},
        **variables(settings),
        "FAILPOINTS": failpoints,
        "FAILPOINTS_LOG": str(fired),
    }
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "connector", env=environment, stdout=output, stderr=output
        )
    try:
        yield ConnectorProcess(process, log, fired)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def variables(settings: ConnectorSettings) -> Mapping[str, str]:
    """Spell the settings that the lab sets as environment variables."""
    sync, secrets, egress = settings.sync, settings.secrets, settings.egress
    keys = ",".join(f'"{key.get_secret_value()}"' for key in secrets.encryption_keys)
    allowed = ",".join(f'"{entry}"' for entry in egress.allowed_private)
    spans = settings.telemetry.spans_path
    values = {
        "KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "KAFKA__SESSION_TIMEOUT_SECONDS": str(settings.kafka.session_timeout_seconds),
        "POSTGRES__DSN": settings.postgres.dsn.get_secret_value(),
        "HTTP__PORT": str(settings.http.port),
        "OIDC__ISSUER": settings.oidc.issuer,
        "OIDC__JWKS_URL": settings.oidc.jwks_url or "",
        "SECRETS__ENCRYPTION_KEYS": f"[{keys}]",
        "SECRETS__PSEUDONYM_KEY": secrets.pseudonym_key.get_secret_value(),
        "EGRESS__ALLOWED_PRIVATE": f"[{allowed}]",
        "EXPANSION__WORKERS": str(settings.expansion.workers),
        "SYNC__PER_SERVER": str(sync.per_server),
        "SYNC__INTERVAL_SECONDS": str(sync.interval_seconds),
        "SYNC__FIRST_RETRY_SECONDS": str(sync.first_retry_seconds),
        "SYNC__SECOND_LOOK_SECONDS": str(sync.second_look_seconds),
        "SYNC__LEASE_SECONDS": str(sync.lease_seconds),
        "ENTRIES__FIRST_RETRY_SECONDS": str(settings.entries.first_retry_seconds),
        "ENTRIES__LONGEST_RETRY_SECONDS": str(settings.entries.longest_retry_seconds),
        "ENTRIES__LOOK_SECONDS": str(settings.entries.look_seconds),
        "ENTRIES__ATTEMPT_SECONDS": str(settings.entries.attempt_seconds),
        "ENTRIES__LEASE_SECONDS": str(settings.entries.lease_seconds),
        "TELEMETRY__LOG_LEVEL": settings.telemetry.log_level,
        **({"TELEMETRY__SPANS_PATH": str(spans)} if spans else {}),
    }
    return {f"CONNECTOR__{name}": value for name, value in values.items()}
