"""Tells the server that messages are still being worked on, or it would deliver them again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import nats.errors
import structlog
from mweek_contracts.streams import ConsumerSpec
from nats.aio.msg import Msg
from nats.js.api import ConsumerInfo

SIGNS_PER_WAIT: Final = 3
"""Signs of life in one ack_wait: two may be late (a thread holds the interpreter) or lost before it counts."""

_log = structlog.get_logger()


def sign_interval(spec: ConsumerSpec, info: ConsumerInfo) -> timedelta:
    """Return how often to give a sign of life.

    The server's ack_wait counts, not only ours: after an upgrade they differ until `mweek-streams apply` has run.
    """
    wait = spec.ack_wait
    if info.config.ack_wait:
        wait = min(wait, timedelta(seconds=info.config.ack_wait))
    return wait / SIGNS_PER_WAIT


@asynccontextmanager
async def kept_in_progress(messages: Sequence[Msg], *, every: timedelta) -> AsyncIterator[None]:
    """Give signs of life of messages inside of the block; those that were answered meanwhile need none."""
    telling = asyncio.create_task(_tell(messages, every.total_seconds()))
    try:
        yield
    finally:
        telling.cancel()


async def _tell(messages: Sequence[Msg], every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            for message in messages:
                if not message.is_acked:
                    await message.in_progress()
        except nats.errors.Error as error:  # an outage: the next sign may reach the server that is back
            _log.warning("no sign of life could be given", error=str(error) or type(error).__name__)
