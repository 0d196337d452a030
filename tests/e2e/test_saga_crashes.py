"""Services that die at any step of a booking: it comes to its end, each effect is there once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count

import pytest
import pytest_asyncio
from bookable import available, new_host, offer
from entente import Entente
from meetings import monday
from platforms import connect_caldav
from plays import (
    Play,
    Scene,
    at_once,
    called_off,
    chosen,
    deleted,
    dragged,
    moved,
    refused,
    replied,
    superseded,
    turned_down,
)
from restarts import require_real_kafka

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ZONE = "Europe/Paris"
HALF_HOUR = timedelta(minutes=30)
turns = count()

PLAYS = {
    ("booking", at_once): (
        "propose.before_store",
        "propose.after_store",
        "answer.before_store",
        "answer.after_store",
        "relay.after_send",
        "consumer.in_handler",
        "consumer.after_commit",
    ),
    ("booking", chosen): ("confirm.before_store", "confirm.after_store"),
    ("booking", turned_down): ("decline.before_store", "decline.after_store"),
    ("booking", refused): ("wake.before_store", "wake.after_store"),
    ("booking", moved): ("reschedule.before_store", "reschedule.after_store"),
    ("booking", called_off): ("cancel.before_store", "cancel.after_store"),
    ("booking", dragged): ("follow.before_store", "follow.after_store"),
    ("booking", deleted): ("follow.before_store", "follow.after_store"),
    ("booking", replied): ("reply.before_store", "reply.after_store"),
    ("booking", superseded): ("supersede.before_store", "supersede.after_store"),
    ("connector", at_once): (
        "entries.before_last_look",
        "entries.before_write",
        "entries.after_write",
        "entries.before_mark",
        "entries.after_mark",
        "relay.after_send",
        "consumer.in_handler",
        "consumer.after_commit",
    ),
    ("connector", moved): ("entries.before_write", "entries.after_write", "entries.before_mark"),
    ("connector", called_off): (
        "entries.before_write",
        "entries.after_write",
        "entries.before_mark",
    ),
    ("notifier", at_once): (
        "notifier.before_record",
        "notifier.before_send",
        "notifier.after_250",
        "notifier.before_mark",
        "notifier.after_mark",
        "relay.after_send",
        "consumer.in_handler",
        "consumer.after_commit",
    ),
    ("availability", at_once): (
        "projection.after_months",
        "projection.before_commit",
        "announcer.before_commit",
        "relay.after_send",
        "consumer.in_handler",
        "consumer.after_commit",
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(entente: Entente) -> Scene:
    require_real_kafka(entente)
    host = await new_host(entente, ZONE)
    calendar = await connect_caldav(host, entente.radicale)
    common = {"minimum_notice_minutes": 0, "horizon_days": 40}
    return Scene(
        entente,
        host,
        calendar,
        at_once=await available(await offer(entente, [host], **common)),
        on_approval=await available(
            await offer(entente, [host], confirmation_required=True, **common)
        ),
        unheld=await available(
            await offer(entente, [host], confirmation_required=True, holds=False, **common)
        ),
    )


@pytest.mark.parametrize(
    ("service", "journey", "failpoint"),
    [
        pytest.param(service, journey, failpoint, id=f"{service}-{journey.__name__}-{failpoint}")
        for (service, journey), failpoints in PLAYS.items()
        for failpoint in failpoints
    ],
)
async def test_a_booking_outlives_a_service(
    scene: Scene, service: str, journey: Callable[[Play], Awaitable[None]], failpoint: str
) -> None:
    turn = next(turns)
    day = turn // 8 % 5 + 7 * (turn // 40)
    begin = monday(ZONE, hour=9, day=day) + turn % 8 * HALF_HOUR
    await scene.entente.stack.mail.clear()
    await journey(Play(scene, service, failpoint, begin, begin + 8 * HALF_HOUR))
