"""A bare nats-py client in a process of its own: publishes what one service said, and fetches and acknowledges what it
was given. Nothing is parsed, stored or decided.

Written as an engineer would who knows JetStream: atomic batches of 500 (one sync of the disk each), pulls of 500 where
the consumer lets so many be open, one connection for all of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import nats
from mweek_contracts.streams import IN_ORDER, ConsumerSpec, consumers_of
from nats.aio.client import Client

from tests.benchmarks.moved import Moved, is_for, read

AT_ONCE: Final = 500
STAGES: Final = ("importing", "scheduling")


async def main(url: str, service: str, folder: Path) -> None:
    """Connect, then take a stage for each line on stdin; says when ready and when each is done."""
    stages = [read(folder / f"{stage}.jsonl") for stage in STAGES]
    connection = await nats.connect(url)
    for messages in stages:
        ours = [one for one in messages if one.source == service]
        expected = [(spec, sum(is_for(spec, one) for one in messages)) for spec in consumers_of(service)]
        await _wait_for_go()
        await asyncio.gather(
            _publish(connection, ours), *(_consume(connection, spec, number) for spec, number in expected)
        )
        print("done", flush=True)
    await _wait_for_go()  # until somebody has read what this process used


async def _wait_for_go() -> None:
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


async def _publish(connection: Client, messages: Sequence[Moved]) -> None:
    for _, same_stream in groupby(messages, key=lambda one: one.stream):
        group = list(same_stream)
        for start in range(0, len(group), AT_ONCE):
            await _publish_batch(connection, group[start : start + AT_ONCE], f"{group[start].headers['Nats-Msg-Id']}")


async def _publish_batch(connection: Client, batch: Sequence[Moved], batch_id: str) -> None:
    last = len(batch)
    for place, one in enumerate(batch, start=1):
        headers = one.headers | {"Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(place)}
        if place < last:
            await connection.publish(one.subject, one.body.encode(), headers=headers)
            continue
        answer = await connection.request(
            one.subject, one.body.encode(), timeout=60, headers=headers | {"Nats-Batch-Commit": "1"}
        )
        acknowledged = json.loads(answer.data)
        assert acknowledged.get("count") == last, acknowledged


async def _consume(connection: Client, spec: ConsumerSpec, number: int) -> None:
    subscription = await connection.jetstream().pull_subscribe_bind(spec.durable, spec.stream)
    at_once = 1 if spec.max_ack_pending == IN_ORDER else AT_ONCE
    while number:
        try:
            messages = await subscription.fetch(at_once, timeout=5)
        except TimeoutError:
            continue
        for message in messages:
            await message.ack()
        number -= len(messages)
    await connection.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
