"""The images that `make images` builds, as the engine has them."""

import re
from collections.abc import Sequence

import pytest
from composition import images
from engine import CommandError, inspect, run
from told import MODELS

pytestmark = [
    pytest.mark.containers,
    pytest.mark.usefixtures("engine"),
]

SERVICES = [image for image in sorted(images()) if image.rpartition(":")[0].endswith((*MODELS,))]
_LABELS = ("title", "description", "licenses")
_HARDENED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges")


async def in_container(image: str, *command: str, options: Sequence[str] = ()) -> str:
    return await run(
        "docker", "run", "--rm", "--network=none", *_HARDENED, *options, image, *command
    )


@pytest.mark.parametrize("image", sorted(images()))
async def test_an_image_says_what_it_is_and_runs_as_a_numeric_user(image: str) -> None:
    (found,) = await inspect(image)
    labels = found["Config"]["Labels"]
    for label in _LABELS:
        assert labels[f"org.opencontainers.image.{label}"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", found["Config"]["User"])


@pytest.mark.parametrize("image", SERVICES)
async def test_a_service_says_its_version_and_revision(image: str) -> None:
    (found,) = await inspect(image)
    labels = found["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == image.rpartition(":")[2]
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", labels["org.opencontainers.image.revision"])


@pytest.mark.parametrize("image", SERVICES)
async def test_a_service_runs_where_nothing_can_be_written(image: str) -> None:
    with pytest.raises(CommandError, match="KAFKA__BOOTSTRAP_SERVERS: required, but not set"):
        await in_container(image)
    assert "booking.events.v1" in await in_container(image, "entente", "topics", "list")
    with pytest.raises(CommandError, match="Read-only file system"):
        await in_container(image, "touch", "/opt/entente/here")


@pytest.mark.parametrize("image", SERVICES)
async def test_a_service_has_no_tools_and_no_left_overs(image: str) -> None:
    tools = "for tool in cc gcc c++ make uv; do command -v $tool; done; true"
    assert await in_container(image, "sh", "-c", tools) == ""
    with pytest.raises(CommandError, match="No module named pip"):
        await in_container(image, "python", "-m", "pip")
    left = await in_container(
        *(image, "find", "/opt/entente", "/root", "/var/cache", "/var/lib/apt/lists"),
        *("-name", "*.whl", "-o", "-name", "*.deb", "-o", "-name", "*_Packages*"),
        options=["--user=0:0", "--cap-add=DAC_READ_SEARCH"],
    )
    assert left == ""
