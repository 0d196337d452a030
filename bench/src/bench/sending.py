"""Sends records at fixed times: `python -m bench.sending <bootstrap servers> <topic> <per second>`.

Its input is a record a line, an empty line, and a line that says go. It tells when it is ready, and
when the first record is due; it ends when all are acknowledged. It imports little: it has to be
there soon.
"""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop
from aiokafka import AIOKafkaProducer  # noqa: TID251  # a client from outside

_HEAD_START_SECONDS = 0.05


async def _main(bootstrap_servers: str, topic: str, per_second: float) -> None:
    records = [json.loads(line) for line in iter(sys.stdin.readline, "\n")]
    producer: Any = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all")
    await producer.start()
    try:
        print("ready", flush=True)
        sys.stdin.readline()
        first = time.time() + _HEAD_START_SECONDS
        print(first, flush=True)
        sent: list[asyncio.Future[object]] = []
        for number, record in enumerate(records):
            await asyncio.sleep(max(0.0, first + number / per_second - time.time()))
            key, value = record["key"].encode(), record["value"].encode()
            headers = [(name, text.encode()) for name, text in record["headers"].items()]
            sent.append(await producer.send(topic, value, key=key, headers=headers))
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


if __name__ == "__main__":
    uvloop.run(_main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
