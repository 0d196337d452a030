"""The sample and the journey on a system that somebody else runs."""

import sys
from pathlib import Path

import pytest
from stack.clients.links import LinkFolder
from stack.clients.mails import MailClient
from stack.ports import HOST, choose_port
from stack.smoke import __main__ as smoke
from stack.smoke.places import places

pytestmark = pytest.mark.unit


def test_places_are_found_from_base_urls() -> None:
    found = places("http://book.example/", "https://dav.example:5232", MailClient("http://m"))
    assert found.page == "http://book.example/m/meet-ada"
    assert found.calendar == "https://ada:ada@dav.example:5232/ada/office/"


def test_addresses_of_a_system_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["smoke", "--booking", "http://book.example"])
    with pytest.raises(SystemExit) as ended:
        smoke.main()
    assert ended.value.code == 2
    assert "--booking, --caldav, --mail go together" in capsys.readouterr().err


def test_a_system_that_does_not_answer_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = f"http://{HOST}:{choose_port(None, purpose='nobody')}"
    addresses = ["--booking", nobody, "--caldav", nobody, "--mail", nobody]
    monkeypatch.setattr(sys, "argv", ["smoke", *addresses])
    assert smoke.main() == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("smoke: failed: ")


def test_a_link_is_replaced_whole(tmp_path: Path) -> None:
    links = LinkFolder(tmp_path, "http://links.example:8000/")
    assert links.publish("grace.ics", "old") == "http://links.example:8000/grace.ics"
    links.publish("grace.ics", "new")
    assert links.published() == ["grace.ics"]
    assert (tmp_path / "grace.ics").read_text() == "new"
