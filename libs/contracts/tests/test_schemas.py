import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from entente_contracts import SyncCalendar, message_types
from entente_contracts.schemas import CHECKOUT, Drift, due, json_schema, main
from jsonschema import Draft7Validator

pytestmark = pytest.mark.unit

SYNC = Path("schemas/entente.calendar.sync.v1/1.json")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "schemas", tmp_path / "schemas")
    shutil.copy(CHECKOUT / "asyncapi.yaml", tmp_path)
    return tmp_path


def edit(file: Path, **keywords: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | keywords))


def test_schemas_and_document_are_up_to_date() -> None:
    assert main(["--check"]) == 0


def test_checking_writes_nothing_and_names_the_file(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "asyncapi.yaml").write_text("asyncapi: 3.0.0\n")
    assert main(["--check", "--root", str(checkout)]) == 1
    assert "out of date" in capsys.readouterr().err
    assert (checkout / "asyncapi.yaml").read_text() == "asyncapi: 3.0.0\n"


def test_writing_brings_everything_up_to_date(tmp_path: Path) -> None:
    assert main(["--root", str(tmp_path)]) == 0
    assert main(["--check", "--root", str(tmp_path)]) == 0
    assert (tmp_path / SYNC).read_bytes() == (CHECKOUT / SYNC).read_bytes()


def test_a_changed_message_needs_a_new_revision(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(checkout / SYNC, description="As it was before.")
    before = (checkout / SYNC).read_bytes()
    assert main(["--root", str(checkout)]) == 1
    assert "raise its schema_revision to 2" in capsys.readouterr().err
    assert (checkout / SYNC).read_bytes() == before


def test_a_new_revision_stands_beside_the_old(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(checkout / SYNC, description="As it was before.")
    before = (checkout / SYNC).read_bytes()
    monkeypatch.setattr(SyncCalendar, "schema_revision", 2)
    assert main(["--root", str(checkout)]) == 0
    assert (checkout / SYNC).read_bytes() == before
    written = json.loads((checkout / SYNC).with_name("2.json").read_text())
    assert written["$id"] == "urn:entente:schema:entente.calendar.sync.v1:2"


def test_a_revision_without_a_change_is_refused(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SyncCalendar, "schema_revision", 2)
    with pytest.raises(Drift, match="has not changed"):
        list(due(checkout))


def test_revisions_are_not_skipped(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SyncCalendar, "schema_revision", 3)
    with pytest.raises(Drift, match="is at revision 1, its class says 3"):
        list(due(checkout))


@pytest.mark.parametrize("message", message_types(), ids=lambda message: message.type)
def test_a_schema_leaves_room_for_later(message: Any) -> None:
    text = json.dumps(json_schema(message))
    assert "additionalProperties" not in text
    assert '"enum"' not in text


def test_variants_are_told_apart_by_a_required_constant() -> None:
    definitions = json.loads((CHECKOUT / "schemas/entente.calendar.changed.v1/1.json").read_text())
    for variant, constant in (("TimedOccurrence", "timed"), ("AllDayOccurrence", "all_day")):
        schema = definitions["$defs"][variant]
        assert schema["properties"]["kind"] == {"const": constant, "type": "string"}
        assert "kind" in schema["required"]


def test_the_document_classifies_and_places_every_message() -> None:
    contract = yaml.safe_load((CHECKOUT / "asyncapi.yaml").read_text())
    placed = [name for channel in contract["channels"].values() for name in channel["messages"]]
    assert sorted(placed) == [message.type for message in message_types()]
    for message in message_types():
        described = contract["components"]["messages"][message.type]
        assert described["x-personal-data"] == message.personal_data
        assert (CHECKOUT / described["payload"]["$ref"]).is_file()


def test_the_documents_examples_fit_its_headers() -> None:
    contract = yaml.safe_load((CHECKOUT / "asyncapi.yaml").read_text())
    headers = contract["components"]["messageTraits"]["cloudevent"]["headers"]
    validator = Draft7Validator(headers)
    for ce_type, message in contract["components"]["messages"].items():
        shown = message["examples"][0]["headers"]
        assert list(validator.iter_errors(shown)) == [], ce_type  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - its stub is partial
        assert shown.keys() <= headers["properties"].keys(), ce_type
