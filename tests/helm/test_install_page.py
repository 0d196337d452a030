"""The page by which operators install says what the chart and the APIs take."""

import json
import re
from typing import Any

import pytest
import yaml
from booking.entrypoints.http.models import HostIn, MeetingTypeIn
from manifests import ROOT, Manifest, nodes, of_kind, render

pytestmark = pytest.mark.unit

PAGE = (ROOT / "docs" / "install-on-kubernetes.md").read_text()
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
SERVICES = ("connector", "availability", "booking", "notifier")


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    values: dict[str, Any] = yaml.safe_load(text)
    assert values["production"] is True
    return render(values)


def test_the_values_install_all_services(manifests: list[Manifest]) -> None:
    assert of_kind(manifests, "Deployment").keys() == {f"meet-{name}" for name in SERVICES}


def test_the_page_makes_every_secret_with_its_keys(manifests: list[Manifest]) -> None:
    made = _secrets_made()
    read = _secrets_read(manifests)
    assert read - made == set()
    assert {name for name, _ in made} == {name for name, _ in read}


def _secrets_made() -> set[tuple[str, str]]:
    commands = re.findall(r"create secret generic ([\w-]+) +(--from-file[^\n]*)", SHELL)
    made = {
        (name, given.removeprefix("--from-file=").partition("=")[0])
        for name, files in commands
        for given in files.split()
    }
    accounts = {name.strip() for name in re.findall(r"^ *account ([\w$-]+)$", SHELL, re.MULTILINE)}
    names = {
        name.replace("$service", service)
        for name in accounts
        for service in SERVICES
        if "$service" in name or service == SERVICES[0]
    }
    return made | {(name, key) for name in names for key in ("username", "password")}


def _secrets_read(manifests: list[Manifest]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for _, node in nodes(manifests):
        if "secretKeyRef" in node:
            found.add((node["secretKeyRef"]["name"], node["secretKeyRef"]["key"]))
        if "secretName" in node and "items" in node:
            items: list[dict[str, str]] = node["items"]
            found |= {(node["secretName"], item["key"]) for item in items}
    return found


def test_the_canarys_host_and_meeting_type_are_what_booking_takes() -> None:
    host, kind = re.findall(r"--json '(\{.*?\})'(?: \||\n)", PAGE, re.DOTALL)
    HostIn.model_validate(json.loads(host))
    some_id = "0199f0b8-0000-7000-8000-000000000001"
    meeting_type = MeetingTypeIn.model_validate(json.loads(kind.replace("'$host'", some_id)))
    assert f"--set canary.meetingType={meeting_type.slug} " in PAGE
    assert not meeting_type.confirmation_required


def test_every_value_set_on_the_command_line_is_one() -> None:
    paths = re.findall(r"--set ([\w.]+)=", SHELL)
    table = (ROOT / "deploy" / "helm" / "entente" / "README.md").read_text()
    assert paths
    assert [path for path in paths if f"| `{path}` |" not in table] == []
