from datetime import timedelta

import pytest
from booking.adapters.postgres.housekeeping import KEY_AGE, Housekeeping
from booking.testing.world import World

pytestmark = pytest.mark.integration


async def test_keys_are_forgotten_when_they_are_old_and_not_before(world: World) -> None:
    for key, age in (("old", KEY_AGE), ("young", KEY_AGE - timedelta(hours=1))):
        await world.database.fetch(
            "INSERT INTO idempotency_key (tenant_id, caller, key, request, answer, created_at)"
            " VALUES ('acme', 'ana', $1, '', '{}', now() - $2::interval)",
            key,
            age,
        )
    await Housekeeping(world.database).forget()
    assert await world.column("SELECT key FROM idempotency_key") == ["young"]
