"""A release from its installation to its end, by the commands of the operators' pages."""

import pytest
from release import OLD, Release
from servers import SERVICES

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]


async def test_it_is_installed_where_pods_are_restricted(release: Release) -> None:
    namespace = await release.cluster.get("namespace", "entente")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert await release.images() == {OLD}
    for service in SERVICES:
        for pod in await release.pods(service):
            conditions = {c["type"]: c["status"] for c in pod["status"]["conditions"]}
            assert conditions["Ready"] == "True", service
            assert all(c["restartCount"] == 0 for c in pod["status"]["containerStatuses"])
