"""The notifier as a process of its own, to be killed and started again."""

import sys
from collections.abc import Mapping

from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.service import url_on
from stack.workspace import Workspace

from notifier.settings import NotifierSettings

_START_SECONDS = 90


class NotifierProcess:
    """`python -m notifier` on a free port of 127.0.0.1, with failpoints armed."""

    def __init__(
        self,
        name: str,
        workspace: Workspace,
        settings: NotifierSettings,
        *,
        failpoints: str = "",
        at_once: int = 8,
    ) -> None:
        port = choose_port(None, purpose=name)
        self._fired = workspace.directory(name) / "fired"
        self.spans = workspace.directory(name) / "spans.jsonl"
        environment: Mapping[str, str] = {
            "NOTIFIER__HTTP__HOST": HOST,
            "NOTIFIER__HTTP__PORT": str(port),
            "NOTIFIER__KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
            "NOTIFIER__KAFKA__SESSION_TIMEOUT_SECONDS": "6",
            "NOTIFIER__POSTGRES__DSN": settings.postgres.dsn.get_secret_value(),
            "NOTIFIER__SMTP__HOST": settings.smtp.host,
            "NOTIFIER__SMTP__PORT": str(settings.smtp.port),
            "NOTIFIER__SMTP__TLS": settings.smtp.tls,
            "NOTIFIER__SMTP__TIMEOUT_SECONDS": "2",
            "NOTIFIER__MAIL__SENDER_ADDRESS": settings.mail.sender_address,
            "NOTIFIER__SENDING__POLL_SECONDS": "0.1",
            "NOTIFIER__SENDING__AT_ONCE": str(at_once),
            "NOTIFIER__SENDING__SETTLING_SECONDS": "1",
            "NOTIFIER__SENDING__FIRST_WAIT_SECONDS": "0.2",
            "NOTIFIER__PUBLIC_BASE_URL": settings.public_base_url,
            "NOTIFIER__GUEST_LINK_KEY": settings.guest_link_key.get_secret_value(),
            "NOTIFIER__TELEMETRY__SPANS_PATH": str(self.spans),
            "FAILPOINTS": failpoints,
            "FAILPOINTS_LOG": str(self._fired),
        }
        self.program = Program(
            name=name,
            command=Command(arguments=(sys.executable, "-m", "notifier"), environment=environment),
            workspace=workspace,
            ready=answers_http(f"{url_on(port)}/livez"),
            start_timeout=_START_SECONDS,
        )

    async def has_died(self) -> bool:
        """Tell whether the failpoint has fired and the process is gone."""
        return not self.program.running and self._fired.exists()
