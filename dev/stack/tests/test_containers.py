"""The container providers are chosen when asked for; running them needs a Docker engine."""

from pathlib import Path

import pytest
from stack import StackSettings
from stack.containers import ContainerKafka, ContainerPostgres
from stack.kafka.choice import choose_kafka
from stack.postgres.choice import choose_postgres
from stack.workspace import Workspace

pytestmark = pytest.mark.unit


async def test_containers_are_used_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTENTE_STACK", "containers")
    settings = StackSettings(given_postgres=None, given_kafka=None)
    workspace = Workspace.create(tmp_path)
    notices: list[str] = []

    assert isinstance(choose_postgres(settings, workspace), ContainerPostgres)
    assert isinstance(await choose_kafka(settings, workspace, notices.append), ContainerKafka)
    assert notices == []
