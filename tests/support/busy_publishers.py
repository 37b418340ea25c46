"""Publishers that do nothing but publish to EVENTS, singly and in atomic batches, and know what was acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from mweek_contracts.streams import EVENTS
from mweek_messaging import follow
from mweek_messaging.atomic_batch import publish_together
from mweek_messaging.publishing import PUBLISH_FAILURES
from mweek_outbox import OutgoingMessage
from nats.aio.client import Client

_SUBJECT = "evt.rzob.2026-W49.notice-sent.v1"
BATCHES = (1, 1, 1, 1, 7, 7, 100, 100)
"""One publisher each, by how many messages it says at once."""


class BusyPublishers:
    """What was acknowledged so far, by message id."""

    def __init__(self) -> None:
        self.acknowledged: set[str] = set()
        self._numbers = count(1)

    async def publish(self, connection: Client, at_once: int) -> None:
        """Publish until cancelled, or until nothing is acknowledged any more."""
        while True:
            messages = [_message(next(self._numbers)) for _ in range(at_once)]
            try:
                await publish_together(connection, messages)
            except PUBLISH_FAILURES:
                return
            self.acknowledged |= {message.message_id for message in messages}


@asynccontextmanager
async def publishing(connection: Client) -> AsyncIterator[BusyPublishers]:
    """Let publishers publish inside of the block."""
    publishers = BusyPublishers()
    tasks = [asyncio.create_task(publishers.publish(connection, at_once)) for at_once in BATCHES]
    try:
        yield publishers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def stored_ids(connection: Client) -> set[str]:
    """Return the ids of all messages in EVENTS; none where the stream itself is gone."""
    try:
        return {received.body.decode() async for received in follow(connection, EVENTS.name, until_caught_up=True)}
    except LookupError:
        return set()


def _message(number: int) -> OutgoingMessage:
    return OutgoingMessage(f"m-{number}", EVENTS.name, _SUBJECT, {}, f"m-{number}".encode())
