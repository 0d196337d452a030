"""One cluster, one set of servers and one release for all tests here."""

import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))  # what looks at a running system
sys.path.insert(0, str(Path(__file__).parent))  # so that tests can name what they share

from cluster import Cluster, the_cluster
from release import NEW, OLD, Release, installed_release
from servers import SERVICES, Servers, running_servers
from stage import Stage, set_stage


@pytest.fixture(scope="session", autouse=True)
def asked_for() -> None:
    if not os.environ.get("KUBECONFIG") and not os.environ.get("ENTENTE_CLUSTER"):
        pytest.skip("needs a Kubernetes cluster: see `make chart-test`")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cluster(asked_for: None) -> AsyncGenerator[Cluster]:
    del asked_for
    async with the_cluster() as cluster:
        await cluster.load(*(f"entente-{s}:{tag}" for tag in (OLD, NEW) for s in SERVICES))
        yield cluster


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Servers]:
    async with running_servers(cluster, tmp_path_factory.mktemp("servers")) as servers:
        yield servers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def release(
    cluster: Cluster, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Release]:
    async with installed_release(cluster, servers, tmp_path_factory.mktemp("release")) as release:
        yield release


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(release: Release) -> Stage:
    return await set_stage(release)
