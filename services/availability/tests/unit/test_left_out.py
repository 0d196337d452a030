"""A rebuild leaves out what the live consumers dead-letter, however reading it fails."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import pytest
from aiokafka import ConsumerRecord
from availability.adapters import shadow
from availability.adapters.topic_reader import TopicReader
from entente_contracts import topics
from messaging.clients import Record
from messaging.delivery import UnreadableRecordError
from sqlalchemy.ext.asyncio import create_async_engine

pytestmark = pytest.mark.unit

RECORD: Record = ConsumerRecord(
    topics.CALENDAR_BUSY.name, 0, 0, 0, 0, b"key", b"value", None, 0, 0, ()
)


class OneRecord:
    async def up_to_now(self) -> AsyncIterator[Sequence[Record]]:
        yield [RECORD]


@pytest.mark.parametrize(
    "error", [UnreadableRecordError("invalid_json", "is none"), RecursionError(), ValueError("?")]
)
async def test_a_record_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(shadow, "read", fail)
    nowhere = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    made = shadow.PostgresShadow(nowhere, cast("TopicReader", OneRecord()))
    assert await made.catch_up() == 1
