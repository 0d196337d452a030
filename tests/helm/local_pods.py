"""What a pod would run, run as a process of this machine with the environment it would have."""

import base64
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from manifests import Manifest, Pod, of_kind
from stack.ports import HOST
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.workspace import Workspace


class Node:
    """Runs containers; Secrets are those that the chart makes."""

    def __init__(self, manifests: Sequence[Manifest], workspace: Workspace) -> None:
        self._workspace = workspace
        self._secrets = {
            (name, key): base64.b64decode(value).decode()
            for name, secret in of_kind(list(manifests), "Secret").items()
            for key, value in secret["data"].items()
        }

    def job(self, pod: Pod, container: Mapping[str, Any]) -> Program:
        """Return a Job's container, to be completed."""
        return self._program(f"{pod.name}-{container['name']}", container, {})

    def service(self, pod: Pod, port: int) -> Program:
        """Return a Deployment's container, ready when its probe is; pods share one address here."""
        (container,) = pod.containers
        prefix = f"{container['name']}__HTTP__".upper()
        path = container["readinessProbe"]["httpGet"]["path"]
        program = self._program(
            pod.name, container, {f"{prefix}HOST": HOST, f"{prefix}PORT": str(port)}
        )
        program.ready = answers_http(f"http://{HOST}:{port}{path}")
        program.grace = pod.spec["terminationGracePeriodSeconds"]
        return program

    def _program(
        self, name: str, container: Mapping[str, Any], override: Mapping[str, str]
    ) -> Program:
        environment = {entry["name"]: self._value(entry) for entry in container["env"]}
        command = Command(
            arguments=tuple(_installed(container["command"])),
            environment={**environment, **override, "PYTHONSAFEPATH": "1"},
            directory=self._workspace.directory(name),
        )
        return Program(name=name, command=command, workspace=self._workspace)

    def _value(self, entry: Mapping[str, Any]) -> str:
        if "value" in entry:
            return str(entry["value"])
        source = entry["valueFrom"].get("secretKeyRef")
        return self._secrets[source["name"], source["key"]] if source else "a-pod"


def _installed(command: Sequence[str]) -> list[str]:
    """Return a command with its program from this environment instead of the image's."""
    return [str(Path(sys.executable).with_name(command[0])), *command[1:]]
