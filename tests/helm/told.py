"""What a service and the commands in its image can be told, for tests of what tells them."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import pytest
from availability.settings import AvailabilitySettings
from booking.settings import BookingSettings
from connector.settings import ConnectorSettings
from entente_cli.kafka import OperatorSettings
from messaging.settings import EnvironmentSettings, ServiceSettings, load, variable_names
from notifier.settings import NotifierSettings

S = TypeVar("S", bound=EnvironmentSettings)

MODELS: Mapping[str, type[ServiceSettings]] = {
    "connector": ConnectorSettings,
    "availability": AvailabilitySettings,
    "booking": BookingSettings,
    "notifier": NotifierSettings,
}


def unknown(service: str | None, variables: Iterable[str]) -> set[str]:
    """Return the variables that neither the service, if any, nor the commands understand."""
    models = [OperatorSettings, *([MODELS[service]] if service else [])]
    known = {name for model in models for name in variable_names(model)}
    return {name for name in variables if name.removesuffix("_FILE") not in known}


def loaded(model: type[S], environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> S:
    """Return the settings that a process has in this environment; SystemExit if it refuses them."""
    with monkeypatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        return load(model)
