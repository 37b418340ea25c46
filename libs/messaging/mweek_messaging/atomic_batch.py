"""Publishes messages to one stream as an atomic batch (all or none, one sync of the disk), or one by one.

Atomic batches are raw headers to nats-py: every message carries the batch's id and its place, the last one the commit,
and its acknowledgement is the batch's. The server takes at most 1,000 in one, and none with a known `Nats-Msg-Id`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import structlog
from mweek_outbox import OutgoingMessage
from nats.aio.client import Client
from nats.js.errors import APIError
from nats.nuid import NUID

ACK_SECONDS: Final = 5.0
LARGEST_BATCH: Final = 500
"""Half of what the server takes: more brings nothing and holds the stream longer."""

_batch_ids = NUID()  # as nats-py makes its inboxes: a new id for each try, forgotten with the answer
_log = structlog.get_logger()


async def publish_together(connection: Client, messages: Sequence[OutgoingMessage]) -> str:
    """Publish messages of one stream, in order; returns the way it was done, `batch` or `single`.

    A batch that the server refuses (a message of it was published before, or the stream takes no batches) is published
    one by one: what the stream has already is recognised by its `Nats-Msg-Id`.

    Raises:
        nats.errors.Error, TimeoutError, OSError: it is unknown which messages arrived; publish all of them again.
    """
    if len(messages) > 1:
        try:
            await _publish_batch(connection, messages, _batch_ids.next().decode())
        except APIError as error:
            _log.info("batch refused, publishing singly", stream=messages[0].stream, error=error.description)
        else:
            return "batch"
    for message in messages:
        await _publish_single(connection, message)
    return "single"


async def _publish_batch(connection: Client, messages: Sequence[OutgoingMessage], batch_id: str) -> None:
    last = len(messages)
    for place, message in enumerate(messages[:-1], start=1):
        headers = _headers(message) | {"Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(place)}
        await connection.publish(message.subject, message.body, headers=headers)
    commit = {"Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(last), "Nats-Batch-Commit": "1"}
    headers = _headers(messages[-1]) | commit
    answer = await connection.request(messages[-1].subject, messages[-1].body, ACK_SECONDS, headers=headers)
    acknowledged = json.loads(answer.data)
    if "error" in acknowledged:
        raise APIError.from_error(acknowledged["error"])
    if acknowledged.get("count") != last:
        raise APIError(code=500, description=f"the batch of {last} was acknowledged as {acknowledged.get('count')}")


async def _publish_single(connection: Client, message: OutgoingMessage) -> None:
    await connection.jetstream().publish(
        message.subject, message.body, timeout=ACK_SECONDS, stream=message.stream, headers=_headers(message)
    )


def _headers(message: OutgoingMessage) -> dict[str, str]:
    return dict(message.headers) | {"Nats-Msg-Id": message.message_id, "Nats-Expected-Stream": message.stream}
