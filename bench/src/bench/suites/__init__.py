"""The suites by name."""

from collections.abc import Mapping
from typing import Any

from bench.suite import Open
from bench.suites import project, relay

SUITES: Mapping[str, Open[Any, Any]] = {"relay": relay.opened, "project": project.opened}
