"""The services of the demo, one entry each."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSpec:
    """How to run one service.

    It gets one database of its name, and its settings as `<NAME>__<GROUP>__<FIELD>` variables.
    `migrate` is a command that runs to its end before the service starts.
    """

    name: str
    command: tuple[str, ...]
    migrate: tuple[str, ...] | None = None
    ready_path: str = "/readyz"
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


DEMO: tuple[ServiceSpec, ...] = ()
