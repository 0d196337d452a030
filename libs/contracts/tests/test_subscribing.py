"""The page for subscribers keeps its word: its code runs as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from entente_contracts import message_types, topics
from entente_contracts.schemas import CHECKOUT

pytestmark = pytest.mark.unit

PAGE = CHECKOUT.parents[1] / "docs" / "subscribing.md"
README = CHECKOUT / "README.md"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the page's own code
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_pages_own_tests_pass(subscriber: Path) -> None:
    done = run(subscriber, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_meetings.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_an_older_record_that_comes_late_changes_nothing(subscriber: Path) -> None:
    code = """
import sqlite3
from entente_contracts import examples
from meetings import TABLES, apply

database = sqlite3.connect(":memory:")
database.executescript(TABLES)
for fact in ("rescheduled", "confirmed", "proposed"):
    apply(database, *examples.load(f"entente.booking.{fact}.v1"))
print(database.execute("SELECT version, starts_at FROM meeting").fetchall())
headers, _ = examples.load("entente.booking.cancelled.v1")
apply(database, headers, None)
print(database.execute("SELECT version, starts_at FROM meeting").fetchall())
"""
    done = run(subscriber, "-c", code)
    assert done.stdout.splitlines() == ["[(4, '2026-12-03T10:00:00+00:00')]", "[(5, None)]"]


def test_the_consumer_needs_only_what_the_page_says(subscriber: Path) -> None:
    done = run(subscriber, "-c", "import consumer; print(consumer.main.__name__)")
    assert done.stdout == "main\n", done.stderr


def test_the_readmes_code_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    done = run(tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    assert "Europe/Ljubljana" in done.stdout


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_the_page_lists_every_topic_with_what_holds_for_it(topic: topics.Topic) -> None:
    (row,) = re.findall(rf"^\| `{re.escape(topic.name)}` \|.*$", PAGE.read_text(), re.MULTILINE)
    kept = row.split("|")[3]
    assert ("newest per key" in kept) == (topic.cleanup == "compact")
    keeps_all = topic.retention or topic.min_compaction_lag
    assert ("14 days" in kept) == bool(keeps_all)
    personal = any(m.personal_data == "personal" for m in message_types() if m.topic == topic)
    assert ("ids and times" in row) != personal
