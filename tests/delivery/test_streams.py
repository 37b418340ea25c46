"""Streams applied from the contracts to a real server."""

from __future__ import annotations

import nats
from mweek_contracts.streams import CONSUMERS, STREAMS
from mweek_messaging import apply_streams

from tests.support.nats_server import NatsServer


async def test_first_apply_creates_all_streams_and_consumers_and_says_so(nats_server: NatsServer) -> None:
    connection = await nats.connect(nats_server.url)
    expected = [f"stream {spec.name}: create" for spec in STREAMS]
    expected += [f"consumer {spec.stream}/{spec.durable}: create" for spec in CONSUMERS]
    assert await apply_streams(connection) == expected
    assert await apply_streams(connection) == []
    await connection.close()
