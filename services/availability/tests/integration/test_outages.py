"""What askers hear, and what probes see, while the projections cannot be relied on."""

from collections.abc import Awaitable, Callable

import pytest
from availability.entrypoints.bootstrap import Bootstrap, StillReadingError
from availability_lab.facts import timed
from availability_lab.lab import Issuer, Lab, create_topics, eventually, open_lab, settings_for
from stack import Stack, StackSettings
from stack.kafka.broker import KafkaBroker
from stack.pytest_plugin import unique_name

pytestmark = pytest.mark.integration

WINDOW = {"from": "2026-11-02T00:00:00Z", "to": "2026-11-07T00:00:00Z"}


async def test_an_outage_of_the_database_is_told_and_passes(
    private_stack: Callable[[StackSettings], Awaitable[Stack]],
    kafka: KafkaBroker,
    issuer: Issuer,
) -> None:
    stack = await private_stack(StackSettings(postgres=False, kafka=False))
    postgres = await stack.start_postgres()
    group = unique_name("availability")
    await create_topics(kafka, group)
    dsn = await postgres.create_database(group)
    settings = settings_for(dsn=dsn, kafka=kafka, issuer=issuer, group=group)
    async with open_lab(settings, issuer) as lab:
        host = lab.host()
        calendar = host.calendar()
        meeting = timed("2026-11-03T08:00", "2026-11-03T09:00")
        await lab.tell(host.changed(), calendar.connected(), calendar.picture("2026-11", meeting))
        person = await lab.person()
        body = {"hosts": [str(host.host_id)], **WINDOW}
        before = await person.post("/v1/free-busy", body)
        assert len(before.json()["hosts"][0]["busy"]) == 1

        await postgres.stop()
        during = await person.post("/v1/free-busy", body)
        assert (during.status_code, during.json()["code"]) == (503, "projections_unavailable")
        await postgres.start()
        after = await person.post("/v1/free-busy", body)
        assert after.json()["hosts"] == before.json()["hosts"]


async def test_a_group_is_ready_once_it_has_read_what_it_found(lab: Lab) -> None:
    host = lab.host()
    await lab.tell(host.changed())
    newcomer = Bootstrap(lab.settings.kafka, group=unique_name("newcomer"))
    with pytest.raises(StillReadingError):
        await newcomer.check()
    known = Bootstrap(lab.settings.kafka, group=lab.settings.group)

    async def ready() -> bool:
        try:
            await known.check()
        except StillReadingError:
            return False
        return True

    await eventually(ready)
