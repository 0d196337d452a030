"""Servers for the tests of sources: one scripted to misbehave, and two real CalDAV servers."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that tests can name the servers' types

from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.http.limits import HttpLimits
from connector_lab.dav_server import DavServer, radicale, xandikos
from connector_lab.fault_server import FaultServer


@pytest.fixture
async def faults() -> AsyncIterator[FaultServer]:
    async with FaultServer() as server:
        yield server


@pytest.fixture
def http(faults: FaultServer) -> GuardedHttp:
    """A client that may reach the fault server, and waits less long than in production."""
    limits = HttpLimits(total_seconds=5, rate_grace_seconds=0.3)
    policy = EgressPolicy(allowed_private=frozenset({faults.authority}))
    return GuardedHttp(policy, limits=limits)


@pytest.fixture(scope="session")
async def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DavServer]:
    async with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(scope="session")
async def xandikos_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DavServer]:
    async with xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        yield server


@pytest.fixture(params=["radicale", "xandikos"])
def dav_server(
    request: pytest.FixtureRequest, radicale_server: DavServer, xandikos_server: DavServer
) -> DavServer:
    """Each of the two real servers in turn."""
    return radicale_server if request.param == "radicale" else xandikos_server
