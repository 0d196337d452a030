from random import Random

import pytest
from aiokafka.partitioner import DefaultPartitioner
from messaging.partitioner import RememberingPartitioner

pytestmark = pytest.mark.unit

PARTITIONS = list(range(12))


def test_keys_go_where_every_other_client_sends_them() -> None:
    chosen, usual = RememberingPartitioner(), DefaultPartitioner()
    draw = Random(7)
    for key in [draw.randbytes(draw.randrange(60)) for _ in range(500)] * 2:
        assert chosen(key, PARTITIONS, PARTITIONS) == usual(key, PARTITIONS, PARTITIONS)


def test_without_a_key_a_record_goes_where_it_can() -> None:
    assert RememberingPartitioner()(None, PARTITIONS, [3]) == 3
    assert RememberingPartitioner()(None, [5], []) == 5
