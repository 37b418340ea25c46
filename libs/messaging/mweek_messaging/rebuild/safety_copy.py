"""Keeps, on the server, what only a stream has while that stream is written anew: a rebuild may die half-way.

A stream beside it, made for the occasion and removed at the end; the next rebuild takes up what it finds there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mweek_outbox import OutgoingMessage
from nats.aio.client import Client
from nats.js.api import RetentionPolicy, StorageType, StreamConfig

from mweek_messaging.atomic_batch import publish_together
from mweek_messaging.rebuild.order import Kept
from mweek_messaging.rebuild.outboxes import parts_of
from mweek_messaging.rebuild.present import cause_of, id_of, owner_of, read_all, said_at
from mweek_messaging.stream_state import read_state

_SUBJECT: Final = "mweek-subject"
"""Header with the subject that a message had."""


class SafetyCopy:
    """What only one stream had."""

    def __init__(self, connection: Client, stream: str) -> None:
        """Look at nothing yet."""
        self._connection = connection
        self._stream = stream
        self._name = f"{stream}-REBUILD"
        self._messages: dict[str, OutgoingMessage] = {}

    async def load(self) -> None:
        """Read what an earlier rebuild has left."""
        self._messages = {}
        async for received in read_all(self._connection, self._name):
            message_id = id_of(received.headers, received.body)
            subject = received.headers.get(_SUBJECT, "")
            headers = {name: value for name, value in received.headers.items() if not _is_transport(name)}
            self._messages[message_id] = OutgoingMessage(message_id, self._stream, subject, headers, received.body)

    def queues(self) -> dict[str, list[Kept]]:
        """Return what is kept, in a queue for each who said it."""
        queues: dict[str, list[Kept]] = {}
        for place, message in enumerate(self._messages.values()):
            queue = f"{owner_of(message.headers)} (from the stream)"
            kept = Kept(
                queue=queue,
                place=place,
                message_id=message.message_id,
                cause=cause_of(message.body),
                said_at=said_at(message.headers),
            )
            queues.setdefault(queue, []).append(kept)
        return queues

    def message(self, message_id: str) -> OutgoingMessage:
        """Return a message as it was; raises KeyError for one that is not kept."""
        return self._messages[message_id]

    async def keep(self, known: set[str], run_id: str) -> int:
        """Copy what the stream has and nobody else knows; returns how many messages are kept in all.

        Args:
            known: the ids that come from elsewhere.
        """
        found = []
        async for received in read_all(self._connection, self._stream):
            message_id = id_of(received.headers, received.body)
            if message_id not in known and message_id not in self._messages:
                headers = {name: value for name, value in received.headers.items() if not _is_transport(name)}
                found.append(OutgoingMessage(message_id, self._stream, received.subject, headers, received.body))
        if found:
            await self._write(found, run_id)
        self._messages |= {message.message_id: message for message in found}
        return len(self._messages)

    async def remove(self) -> None:
        """Remove the copy, where there is one: all of it is in its stream again."""
        if await read_state(self._connection, self._name) is not None:
            await self._connection.jetstream().delete_stream(self._name)

    async def _write(self, messages: Sequence[OutgoingMessage], run_id: str) -> None:
        subject = f"rebuild.{self._stream}"
        if await read_state(self._connection, self._name) is None:
            config = StreamConfig(
                name=self._name,
                description=f"What only {self._stream} had while it is written anew",
                subjects=[subject],
                retention=RetentionPolicy.LIMITS,
                storage=StorageType.FILE,
                allow_atomic=True,
            )
            await self._connection.jetstream().add_stream(config)
        for part in parts_of(messages):
            copies = [
                replace(
                    message,
                    message_id=f"{message.message_id}/copied/{run_id}",
                    stream=self._name,
                    subject=subject,
                    headers={**message.headers, _SUBJECT: message.subject},
                )
                for message in part
            ]
            await publish_together(self._connection, copies)


def _is_transport(header: str) -> bool:
    return header.lower().startswith("nats-") or header == _SUBJECT
