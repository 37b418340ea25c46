"""Publishes single messages and waits until the stream has them; for clients and for the edges of services."""

from __future__ import annotations

import asyncio
from typing import Final

import nats.errors
from mweek_contracts.catalogue import entry_of
from mweek_contracts.message import Message
from nats.aio.client import Client
from nats.js.errors import APIError, NoStreamResponseError

PUBLISH_FAILURES: Final = (nats.errors.Error, asyncio.TimeoutError, OSError)
"""What nats-py raises when a publish may not have arrived. Every one of them is answered by publishing again."""


class NotAcknowledgedError(RuntimeError):
    """The stream did not say that it has the message: it may have it or not. Publishing the same again is safe."""


async def publish(connection: Client, message: Message, *, source: str, timeout: float = 5.0) -> int:
    """Publish a message to the stream that the catalogue names, and return its sequence there.

    Publishing again with the same `message_id` is recognised by the stream (10 minutes) and by every inbox (for good).

    Args:
        source: who says it, for `ce-source`.
        timeout: seconds to wait for the acknowledgement.

    Raises:
        NotAcknowledgedError: no acknowledgement, with the reason and what to do.
    """
    stream = entry_of(type(message)).stream.name
    try:
        acknowledged = await connection.jetstream().publish(
            message.subject, message.body(), stream=stream, headers=message.headers(source), timeout=timeout
        )
    except PUBLISH_FAILURES as error:
        raise NotAcknowledgedError(f"{message.subject} was not acknowledged: {_explain(error, stream)}") from error
    return int(acknowledged.seq)


async def publish_command(connection: Client, message: Message, *, timeout: float = 5.0) -> int:
    """Publish a command as an administrator; as `publish`."""
    return await publish(connection, message, source="administrator", timeout=timeout)


def _explain(error: BaseException, stream: str) -> str:
    if isinstance(error, NoStreamResponseError):
        return f"there is no stream {stream}; run `mweek-streams apply`"
    if isinstance(error, APIError):
        return f"{error.description}"
    if isinstance(error, asyncio.TimeoutError):
        return "no answer in time; publish it again, the same message_id makes it one message"
    return f"{error or type(error).__name__}"
