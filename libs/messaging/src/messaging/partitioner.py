"""Which partition a key belongs to."""

import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import cast

from aiokafka.partitioner import (
    DefaultPartitioner,
    murmur2,  # pyright: ignore[reportUnknownVariableType]  # untyped
)

# The client hashes in pure Python, which costs a third of a send; keys come again.
_hash_of = lru_cache(maxsize=32_768)(cast("Callable[[bytes], int]", murmur2))


class RememberingPartitioner(DefaultPartitioner):
    """The partition every Kafka client chooses by default, the hashes of keys remembered."""

    @classmethod
    def __call__(
        cls, key: bytes | None, all_partitions: Sequence[int], available: Sequence[int]
    ) -> int:
        """Return the key's partition; without a key any that is available."""
        if key is None:
            return random.choice(available or all_partitions)  # noqa: S311  # spreads load, guards nothing
        return all_partitions[(_hash_of(key) & 0x7FFFFFFF) % len(all_partitions)]
