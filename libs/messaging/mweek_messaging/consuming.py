"""Binds a service's routes to its durable consumers: one FastStream subscriber per stream, as a table.

The subscribers get their messages from `Pulling`; nothing here creates or changes a consumer.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from faststream.nats import JStream, NatsRoute, NatsRouter, PullSub
from mweek_contracts.streams import RECORDS, ConsumerSpec, consumers_of
from nats.js.api import ConsumerConfig

from mweek_messaging.delivery import Delivering, DeliveryMiddleware, decode
from mweek_messaging.processing import Outcome


def build_router(service: str, delivering: Delivering) -> NatsRouter:
    """Return the router with one subscriber for each stream of the service but RECORDS, which is read in bulk."""
    handler = StreamHandler(delivering)
    return NatsRouter(
        handlers=tuple(_route(spec, handler) for spec in routed_consumers(service)),
        middlewares=(partial(DeliveryMiddleware, delivering=delivering),),
    )


def routed_consumers(service: str) -> tuple[ConsumerSpec, ...]:
    """Return the consumers of a service that its routes serve."""
    return tuple(spec for spec in consumers_of(service) if spec.stream != RECORDS.name)


class StreamHandler:
    """Takes every message of a service's streams; the class of the message chooses the route."""

    def __init__(self, delivering: Delivering) -> None:
        """Keep what processes messages."""
        self._delivering = delivering

    async def handle(self, delivered: Any) -> Outcome:
        """Process a DeliveredMessage in a worker thread (Any: FastStream would build a model of the annotation)."""
        again = delivered.raw.metadata.num_delivered > 1
        process = self._delivering.processor.process
        return await self._delivering.workers.run(process, delivered.message, delivered.raw.data, again=again)


def _route(spec: ConsumerSpec, handler: StreamHandler) -> NatsRoute:
    return NatsRoute(
        handler.handle,
        subject="",
        durable=spec.durable,
        config=ConsumerConfig(filter_subjects=list(spec.filter_subjects)),
        stream=JStream(spec.stream, declare=False),
        pull_sub=PullSub(batch_size=1),
        decoder=decode,
        no_reply=True,
    )
