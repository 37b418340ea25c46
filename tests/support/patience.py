"""A server that never takes a silent process for dead: what that neither finished nor gave back is never seen again."""

from __future__ import annotations

from mweek_contracts.streams import CONSUMERS
from nats.aio.client import Client

FOR_EVER_SECONDS = 600
"""Longer than any test."""


async def wait_for_ever(connection: Client, *streams: str) -> None:
    """Set the ack_wait of the consumers of some streams, or of all, so high that nothing comes again by it."""
    jetstream = connection.jetstream()
    for spec in CONSUMERS:
        if not streams or spec.stream in streams:
            config = (await jetstream.consumer_info(spec.stream, spec.durable)).config
            await jetstream.add_consumer(spec.stream, config.evolve(name=spec.durable, ack_wait=FOR_EVER_SECONDS))
