# ruff: noqa: INP001  # a script, in no package
"""Write what is derived from the chart's values and the services' settings, or check it.

- the table of values in the chart's README, from the `# --` comments in values.yaml;
- the settings each service takes, in values.schema.json, from the service's settings model;
- the tables of settings in docs/operating.md, from the same;
- the topics each service reads and writes, in docs/install-on-kubernetes.md.

`python deploy/helm/generate.py [--check]`; with `--check`, exit code 1 names what is out of date.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import booking.main
import connector.subscriptions
from availability.settings import AvailabilitySettings
from booking.settings import BookingSettings
from connector.settings import ConnectorSettings
from entente_contracts import Topic, topics
from messaging.settings import ServiceSettings, variable_names
from messaging.topology import installed
from notifier.settings import NotifierSettings
from readme import values_table

CHART = Path(__file__).parent / "entente"
DOCS = Path(__file__).parents[2] / "docs"
SERVICES: Mapping[str, type[ServiceSettings]] = {
    "connector": ConnectorSettings,
    "availability": AvailabilitySettings,
    "booking": BookingSettings,
    "notifier": NotifierSettings,
}
PUBLISHES: Mapping[str, Sequence[Topic]] = {
    "connector": connector.subscriptions.PUBLISHES,
    "availability": (topics.AVAILABILITY_EVENTS,),
    "booking": booking.main.PUBLISHES,
    "notifier": (topics.NOTIFICATION_EVENTS,),
}
# The chart sets these from values of its own.
OWNED = frozenset(
    {
        "KAFKA__BOOTSTRAP_SERVERS",
        "KAFKA__SECURITY_PROTOCOL",
        "KAFKA__SASL_MECHANISM",
        "KAFKA__SASL_USERNAME",
        "KAFKA__CA_PATH",
        "KAFKA__CLIENT_CERT_PATH",
        "KAFKA__CLIENT_KEY_PATH",
        "TELEMETRY__LOG_LEVEL",
        "TELEMETRY__OTLP_ENDPOINT",
        "TELEMETRY__SAMPLE_RATIO",
        "HTTP__HOST",
        "HTTP__PORT",
        "OIDC__ISSUER",
        "OIDC__AUDIENCE",
        "OIDC__JWKS_URL",
        "AVAILABILITY__URL",
        "AVAILABILITY__CLIENT_ID",
        "PUBLIC_BASE_URL",
        "MAIL__SENDER_ADDRESS",
        "MAIL__SENDER_NAME",
        "SMTP__HOST",
        "SMTP__PORT",
        "SMTP__TLS",
        "SMTP__USERNAME",
    }
)
# These make no sense in a Deployment: its pods have no lasting names and no disk.
NOT_HERE = frozenset({"KAFKA__GROUP_INSTANCE_ID", "TELEMETRY__SPANS_PATH"})


def main(*, check: bool) -> int:
    """Write or compare; return the exit code."""
    schema, readme = CHART / "values.schema.json", CHART / "README.md"
    operating, install = DOCS / "operating.md", DOCS / "install-on-kubernetes.md"
    values = (CHART / "values.yaml").read_text()
    derived = {
        schema: with_settings(schema.read_text()),
        readme: between(readme.read_text(), "values", values_table(values)),
        operating: between(operating.read_text(), "settings", settings_tables()),
        install: between(install.read_text(), "topics", topics_table()),
    }
    stale = [path for path, text in derived.items() if path.read_text() != text]
    for path in stale:
        if check:
            sys.stderr.write(f"{path}: out of date; run python deploy/helm/generate.py\n")
        else:
            path.write_text(derived[path])
    return 1 if check and stale else 0


def with_settings(schema_text: str) -> str:
    """Return values.schema.json with the settings of each service."""
    schema = json.loads(schema_text)
    of_services = {name: settings_of(model) for name, model in SERVICES.items()}
    common = set[str].intersection(*(set(settings) for settings in of_services.values()))
    shared = {name: of_services["booking"][name] for name in sorted(common)}
    for name, settings in {**of_services, "common": shared}.items():
        schema["$defs"][f"{name}Settings"] = {
            "type": "object",
            "additionalProperties": False,
            "properties": settings,
        }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def settings_of(model: type[ServiceSettings]) -> dict[str, Any]:
    """Return the JSON Schema of each setting that values may give, by its variable's name."""
    document = model.model_json_schema()
    prefix = str(model.model_config.get("env_prefix", ""))
    found: dict[str, Any] = {}
    for variable in variable_names(model):
        name = variable.removeprefix(prefix)
        leaf = _leaf(document, name.lower().split("__"))
        if name not in OWNED | NOT_HERE and not _is_secret(leaf):
            found[name] = {key: value for key, value in leaf.items() if key != "title"}
    return found


def settings_tables() -> str:
    """Return the tables of docs/operating.md, one for all services and one for each."""
    schemas = {name: settings_of(model) for name, model in SERVICES.items()}
    common = set[str].intersection(*(set(settings) for settings in schemas.values()))
    parts = [("All services", {name: schemas["booking"][name] for name in sorted(common)})]
    for service, settings in schemas.items():
        own = {name: leaf for name, leaf in settings.items() if name not in common}
        parts.append((service, own))
    return "\n\n".join(
        "\n".join(_settings_table(title, leaves)) for title, leaves in parts if leaves
    )


def topics_table() -> str:
    """Return the topics each service's Kafka user reads and writes, as Markdown."""
    read = installed()
    rows = [
        f"| {service} | {_names(read[service])} | {_names(written)} |"
        for service, written in PUBLISHES.items()
    ]
    return "\n".join(["| user | reads | writes |", "|---|---|---|", *rows])


def between(text: str, name: str, content: str) -> str:
    """Return the text with what stands between its marks of this name replaced."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    head, _, rest = text.partition(begin)
    _, found, tail = rest.partition(end)
    if not found:
        raise ValueError(f"the marks of {name} are missing")
    return head + begin + content + end + tail


def _settings_table(title: str, leaves: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {title}\n"
    yield "| setting | default | what it does |"
    yield "|---|---|---|"
    for name, leaf in leaves.items():
        default = json.dumps(leaf["default"]) if "default" in leaf else ""
        shown = "" if default in {"", "null"} else f"`{default}`"
        if "description" not in leaf:
            raise ValueError(f"{name}: its settings model does not say what it does")
        yield f"| `{name}` | {shown} | {leaf['description']} |"


def _names(of: Sequence[Topic]) -> str:
    return ", ".join(f"`{topic.name}`" for topic in of)


def _leaf(document: Mapping[str, Any], path: list[str]) -> dict[str, Any]:
    node: Mapping[str, Any] = document
    for step in path:
        node = _resolved(document, node)["properties"][step]
    return dict(node)


def _resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in node:
        return document["$defs"][str(node["$ref"]).rpartition("/")[2]]
    return node


def _is_secret(leaf: Mapping[str, Any]) -> bool:
    return '"writeOnly": true' in json.dumps(leaf)


if __name__ == "__main__":
    sys.exit(main(check=sys.argv[1:] == ["--check"]))
