"""Publishes single messages and waits until the stream has them; for clients and for the edges of services."""

from __future__ import annotations

from mweek_contracts.message import Message
from nats.aio.client import Client


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
    raise NotImplementedError


async def publish_command(connection: Client, message: Message, *, timeout: float = 5.0) -> int:
    """Publish a command as an administrator; as `publish`."""
    return await publish(connection, message, source="administrator", timeout=timeout)
