"""The chart rendered by Helm's own engine, offline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from helm_python import Chart

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "entente"
RELEASE = "meet"
# The values under ci/ of the chart: what operators are likely to ask for.
CASES = tuple(sorted(path.name.removesuffix("-values.yaml") for path in CHART.glob("ci/*.yaml")))

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod spec and the object that makes it."""

    owner: Manifest
    labels: Mapping[str, str]
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.owner["metadata"]["name"])

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]


def values_of(case: str) -> dict[str, Any]:
    """Return a case's values, the caller's to change."""
    values: dict[str, Any] = yaml.safe_load((CHART / "ci" / f"{case}-values.yaml").read_text())
    return values


def changed(case: str, **changes: Any) -> dict[str, Any]:
    """Return a case's values with some changed; `a__b=1` changes `a.b`."""
    values = values_of(case)
    for path, value in changes.items():
        *outer, last = path.split("__")
        target = values
        for step in outer:
            target = target.setdefault(step, {})
        target[last] = value
    return values


def render(values: Mapping[str, Any], *, release: str = RELEASE) -> list[Manifest]:
    """Return the objects of a release with these values; raises HelmError."""
    texts = _chart().render(dict(values), name=release, namespace="bookings")
    return [
        manifest
        for name, text in texts.items()
        if not name.endswith(".txt")
        for manifest in yaml.load_all(text, yaml.CSafeLoader)  # as safe, several times faster
        if manifest
    ]


def notes(values: Mapping[str, Any]) -> str:
    """Return what Helm says after an installation with these values."""
    texts = _chart().render(dict(values), name=RELEASE, namespace="bookings")
    return texts["entente/templates/NOTES.txt"]


@cache
def rendered(case: str) -> tuple[Manifest, ...]:
    """Return the objects of a case."""
    return tuple(render(values_of(case)))


def of_kind(
    manifests: Iterator[Manifest] | tuple[Manifest, ...] | list[Manifest], kind: str
) -> dict[str, Manifest]:
    """Return the objects of a kind by name."""
    return {m["metadata"]["name"]: m for m in manifests if m["kind"] == kind}


def pods_of(manifests: tuple[Manifest, ...] | list[Manifest]) -> list[Pod]:
    """Return every pod there would be."""
    return [pod for manifest in manifests for pod in _pods(manifest)]


def nodes(tree: Any, path: str = "#") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every mapping in a tree with its path."""
    if isinstance(tree, Mapping):
        mapping = cast("Mapping[str, Any]", tree)
        yield path, mapping
        for key, value in mapping.items():
            yield from nodes(value, f"{path}/{key}")
    elif isinstance(tree, list):
        for number, value in enumerate(cast("list[Any]", tree)):
            yield from nodes(value, f"{path}/{number}")


def _pods(manifest: Manifest) -> Iterator[Pod]:
    if manifest["kind"] == "Pod":
        yield Pod(manifest, manifest["metadata"]["labels"], manifest["spec"])
    elif manifest["kind"] in {"Deployment", "Job"}:
        template = manifest["spec"]["template"]
        yield Pod(manifest, template["metadata"]["labels"], template["spec"])


@cache
def _chart() -> Chart:
    return Chart.load(CHART)
