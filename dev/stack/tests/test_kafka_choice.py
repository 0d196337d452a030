"""The best Kafka that can be had is taken, and a poorer one never in silence."""

import shutil
import socket
from pathlib import Path

import pytest
from stack import PortInUse, StackError, StackSettings
from stack.kafka.choice import choose_kafka
from stack.kafka.given import GivenKafka
from stack.kafka.memory import InMemoryKafka
from stack.ports import HOST
from stack.workspace import Workspace

pytestmark = pytest.mark.unit

_JAVA = "#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n"
_OFFLINE_MAVEN = "#!/bin/sh\necho 'Unknown host'; exit 1\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only directory on the path but for the shell's, with nothing of Java in it."""
    path = tmp_path / "bin"
    path.mkdir()
    shell = shutil.which("sh")
    assert shell
    (path / "sh").symlink_to(shell)
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return path


def install(programs: Path, name: str, script: str) -> None:
    (programs / name).write_text(script)
    (programs / name).chmod(0o755)


async def choose(workspace: Workspace, settings: StackSettings) -> tuple[object, str]:
    notices: list[str] = []
    broker = await choose_kafka(settings, workspace, notices.append)
    return broker, "\n".join(notices)


async def test_a_given_one_comes_first(workspace: Workspace) -> None:
    broker, notices = await choose(workspace, StackSettings(given_kafka="kafka.example.org:9092"))
    assert isinstance(broker, GivenKafka)
    assert broker.bootstrap_servers == "kafka.example.org:9092"
    assert notices == ""


@pytest.mark.parametrize(
    ("java", "maven", "reason"),
    [
        (None, None, "no Java 17"),
        ("11.0.2", _OFFLINE_MAVEN, "no Java 17"),
        ("17.0.1", None, "no mvn"),
        ("21", _OFFLINE_MAVEN, "maven-kafka ended with exit code 1"),
    ],
)
async def test_the_in_memory_one_is_announced_with_its_reason(
    workspace: Workspace, programs: Path, java: str | None, maven: str | None, reason: str
) -> None:
    if java:
        install(programs, "java", _JAVA.format(version=java))
    if maven:
        install(programs, "mvn", maven)

    broker, notices = await choose(workspace, StackSettings(given_kafka=None))

    assert isinstance(broker, InMemoryKafka)
    assert "in-memory" in notices
    assert reason in notices


async def test_a_port_in_use_is_no_reason_for_a_poorer_one(
    workspace: Workspace, programs: Path, tmp_path: Path
) -> None:
    install(programs, "java", _JAVA.format(version="17"))
    install(programs, "mvn", _OFFLINE_MAVEN)
    (tmp_path / "cache" / "entente" / "kafka-4.3.1").mkdir(parents=True)
    with socket.create_server((HOST, 0)) as server:
        settings = StackSettings(given_kafka=None, ports={"kafka": server.getsockname()[1]})
        with pytest.raises(PortInUse):
            await choose(workspace, settings)


@pytest.mark.usefixtures("programs")
async def test_a_real_one_that_was_asked_for_is_not_replaced(workspace: Workspace) -> None:
    with pytest.raises(StackError, match="no Java 17"):
        await choose(workspace, StackSettings(given_kafka=None, kafka_choice="apache"))
