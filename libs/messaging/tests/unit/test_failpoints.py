"""Failpoints fire where, when and as often as they are told, and leave a line."""

import asyncio
import os
from pathlib import Path

import pytest
from messaging import failpoints
from messaging.failpoints import FailpointError, armed, reach

pytestmark = pytest.mark.unit


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "failpoints"
    monkeypatch.setenv("FAILPOINTS_LOG", str(path))
    return path


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def arm(monkeypatch: pytest.MonkeyPatch, spec: str) -> None:
    monkeypatch.setattr(failpoints, "_points", armed(spec))


async def test_an_unarmed_one_does_nothing(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arm(monkeypatch, "")
    await reach("relay.after_send")
    arm(monkeypatch, "consumer.in_handler=raise")
    await reach("relay.after_send")
    assert lines(log) == []


async def test_one_fires_at_its_nth_hit_only(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arm(monkeypatch, "relay.after_send=raise@2")
    await reach("relay.after_send")
    with pytest.raises(FailpointError, match=r"relay\.after_send"):
        await reach("relay.after_send")
    await reach("relay.after_send")
    assert lines(log) == [f"relay.after_send raise pid={os.getpid()}"]


async def test_several_are_armed_at_once(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    arm(monkeypatch, "a=raise; b=sleep(2.5)@1 ;")
    await reach("b")
    with pytest.raises(FailpointError):
        await reach("a")
    assert slept == [2.5]
    assert [line.split()[:2] for line in lines(log)] == [
        ["b", "sleep"],
        ["a", "raise"],
    ]


@pytest.mark.parametrize("spec", ["a", "a=explode", "a=kill@", "a=sleep(x)", "a=kill@two", "=kill"])
def test_a_spec_that_cannot_be_read_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="FAILPOINTS: cannot read"):
        armed(spec)
