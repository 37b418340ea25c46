"""Pulls the messages of one durable consumer, one after the other, and gives back what comes when it stops.

FastStream's own loop drops a message that arrives in the instant of a stop (it would come again only after the
consumer's ack_wait), and when the server refuses a pull it pulls again at once, for ever and without a word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import nats.errors
import structlog
from mweek_contracts.streams import ConsumerSpec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from mweek_messaging.broker import inbox_prefix
from mweek_messaging.progress import kept_in_progress, sign_interval
from mweek_messaging.publishing import PUBLISH_FAILURES

_FETCH_SECONDS: Final = 2.0
"""After an outage of the server the loop asks again within this time."""
_PAUSE_SECONDS: Final = 0.25
"""After a pull that failed at once, e.g. since the consumer is being changed."""
_FLUSH_SECONDS: Final = 1
_TURNS_TO_ARRIVE: Final = 50
"""Turns of the event loop that a message needs at most from its connection's queue to who waits for it."""
_log = structlog.get_logger()


class Pulling:
    """The loop of one process on one consumer; several processes may share the consumer."""

    def __init__(self, connection: Client, spec: ConsumerSpec, hand_on: Callable[[Msg], Awaitable[Any]]) -> None:
        """Pull nothing yet.

        Args:
            hand_on: deals with a message and acknowledges it, or not; must not raise.
        """
        self._connection = connection
        self._spec = spec
        self._hand_on = hand_on
        self._bound = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._stopping = False
        self._in_hand: Msg | None = None
        self._subscription: JetStreamContext.PullSubscription | None = None

    @property
    def name(self) -> str:
        """What health calls it."""
        return f"consumer:{self._spec.durable}"

    async def until_bound(self) -> None:
        """Wait until the consumer was found."""
        await self._bound.wait()

    async def run(self) -> None:
        """Pull until cancelled."""
        every = sign_interval(self._spec, await self._info())
        subscription = await bind(self._connection, self._spec)
        self._subscription = subscription
        self._bound.set()
        try:
            while not self._stopping:
                message = await self._next(subscription)
                if message is not None:
                    await self._take(message, every)
            await asyncio.Event().wait()
        finally:
            self._subscription = None
            with suppress(*PUBLISH_FAILURES):
                await subscription.unsubscribe()

    async def stop(self, within: float) -> None:
        """Take nothing more; wait for the message in hand so many seconds at most, and give back what is not done."""
        self._stopping = True
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._free.wait(), within)
        if self._in_hand is not None:
            await give_back(self._in_hand)
        if self._subscription is not None:
            await give_back_rest(self._connection, self._subscription)

    async def unsubscribe(self) -> None:
        """Do nothing: FastStream calls this on what it takes for its own subscription."""

    async def _take(self, message: Msg, every: timedelta) -> None:
        if self._stopping:
            await give_back(message)
            return
        self._in_hand = message
        self._free.clear()
        try:
            async with kept_in_progress([message], every=every):
                await self._hand_on(message)
        finally:
            self._in_hand = None
            self._free.set()

    async def _next(self, subscription: JetStreamContext.PullSubscription) -> Msg | None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            [message] = await subscription.fetch(1, timeout=_FETCH_SECONDS)
        except TimeoutError:
            if loop.time() - began < _PAUSE_SECONDS:
                await asyncio.sleep(_PAUSE_SECONDS)
            return None
        except nats.errors.Error as error:
            _log.warning("messages cannot be pulled now", consumer=self._spec.durable, error=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)
            return None
        return message

    async def _info(self) -> Any:
        return await self._connection.jetstream().consumer_info(self._spec.stream, self._spec.durable)


async def bind(connection: Client, spec: ConsumerSpec) -> JetStreamContext.PullSubscription:
    """Return a subscription to a consumer that exists, in an inbox that the service's permissions name."""
    prefix = f"{inbox_prefix(spec.service)}.".encode()
    return await connection.jetstream().pull_subscribe_bind(spec.durable, spec.stream, inbox_prefix=prefix)


async def give_back_rest(connection: Client, subscription: JetStreamContext.PullSubscription) -> None:
    """Have the server deliver nothing more, and return to the stream what it had sent and nobody fetches.

    `PullSubscription.unsubscribe` would drop that. Where the server is away, nothing comes anyhow.
    """
    with suppress(*PUBLISH_FAILURES):
        await connection._send_unsubscribe(subscription._sub._id)  # noqa: SLF001  nats-py has no public way
        await connection.flush(_FLUSH_SECONDS)
        for _ in range(_TURNS_TO_ARRIVE):  # whoever still waits for a message gets what has just come
            await asyncio.sleep(0)
        while subscription.pending_msgs:
            for message in await subscription.fetch(1, timeout=_PAUSE_SECONDS):
                await give_back(message)


async def give_back(message: Msg) -> None:
    """Return a message to its stream, to be delivered again at once."""
    if not message.is_acked:
        with suppress(*PUBLISH_FAILURES):
            await message.nak()
