"""Reads streams without leaving a trace: for clients, audits on request and tests. Never acknowledges anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import nats.errors
from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import BadRequestError, NotFoundError

_BATCH: Final = 500
_POLL_SECONDS: Final = 2.0
"""How long a read waits for news before it looks whether its consumer still exists."""
_FORGOTTEN_AFTER_SECONDS: Final = 30.0
_OUTAGE: Final = (nats.errors.Error, asyncio.TimeoutError)


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it lies in a stream."""

    subject: str
    body: bytes
    headers: Mapping[str, str] = field(hash=False)
    sequence: int
    stored_at: datetime

    def message(self) -> Message:
        """Return the message; raises UnreadableMessageError when the body is not what the subject promises."""
        return read_message(self.subject, self.body)


async def follow(
    connection: Client,
    stream: str,
    subjects: Sequence[str] = (),
    *,
    until_caught_up: bool,
    after_sequence: int = 0,
) -> AsyncIterator[Received]:
    """Yield the stored messages of a stream in order, then (unless `until_caught_up`) the new ones as they come.

    Bridges outages of the server without gaps and without repeats.

    Args:
        subjects: filters with NATS wildcards; none means all.
        until_caught_up: end after what the stream holds when this begins.
        after_sequence: yield only messages with a greater sequence.

    Raises:
        LookupError: the server has no such stream; says to run `mweek-streams apply`.
        ValueError: the server does not let it be followed; a work queue such as COMMANDS has one reader only.
        TimeoutError: the server did not answer at the beginning.
    """
    jetstream = connection.jetstream()
    last = await _last_sequence(jetstream, stream)
    cursor = _Cursor(jetstream, stream, subjects, after_sequence)
    try:
        while True:
            for message in await cursor.read():
                if until_caught_up and message.sequence > last:
                    return
                yield message
            if until_caught_up and (cursor.sequence >= last or await cursor.exhausted()):
                return
    finally:
        await cursor.close()


async def _last_sequence(jetstream: JetStreamContext, stream: str) -> int:
    try:
        return int((await jetstream.stream_info(stream)).state.last_seq)
    except NotFoundError:
        raise LookupError(_no_stream(stream)) from None


def _no_stream(stream: str) -> str:
    return f"there is no stream {stream}; run `mweek-streams apply`"


class _Cursor:
    """An ephemeral consumer that is made again, behind the last message read, when the server lost it or a message."""

    def __init__(self, jetstream: JetStreamContext, stream: str, subjects: Sequence[str], sequence: int) -> None:
        self.sequence = sequence
        self._jetstream = jetstream
        self._stream = stream
        self._subjects = list(subjects)
        self._subscription: JetStreamContext.PullSubscription | None = None
        self._consumer = ""
        self._delivered = 0

    async def read(self) -> list[Received]:
        """Return the next messages; none when there is no news, or an outage."""
        try:
            if self._subscription is None:
                self._subscription = await self._open()
            batch = await self._subscription.fetch(_BATCH, timeout=_POLL_SECONDS)
        except TimeoutError:
            if self._subscription is not None:  # else the server did not even answer to the wish for a consumer
                await self._check()
            return []
        except NotFoundError:
            raise LookupError(_no_stream(self._stream)) from None
        except BadRequestError as error:
            raise ValueError(f"the stream {self._stream} cannot be followed: {error.description}") from error
        except nats.errors.Error:
            await self.close()
            await asyncio.sleep(0.2)
            return []
        return [self._take(message) for message in batch if self._follows(message)]

    async def exhausted(self) -> bool:
        """Return whether the stream has nothing more for this cursor."""
        if self._subscription is None:
            return False
        with suppress(*_OUTAGE):
            info = await self._jetstream.consumer_info(self._stream, self._consumer)
            return bool(info.num_pending == 0 and info.delivered.consumer_seq == self._delivered)
        return False

    async def close(self) -> None:
        """Remove the consumer where the server can be reached; it forgets it soon anyway."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with suppress(*_OUTAGE):
                await subscription.unsubscribe()
                await self._jetstream.delete_consumer(self._stream, self._consumer)

    async def _open(self) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.sequence + 1,
            ack_policy=AckPolicy.NONE,
            filter_subjects=self._subjects or None,
            inactive_threshold=_FORGOTTEN_AFTER_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )
        self._consumer = (await self._jetstream.add_consumer(self._stream, config)).name
        self._delivered = 0
        return await self._jetstream.pull_subscribe_bind(self._consumer, self._stream)

    async def _check(self) -> None:
        """Begin anew when the consumer is gone, or has delivered what never arrived here."""
        try:
            info = await self._jetstream.consumer_info(self._stream, self._consumer)
        except _OUTAGE:
            await self.close()
        else:
            if info.delivered.consumer_seq != self._delivered:
                await self.close()

    def _follows(self, message: Msg) -> bool:
        """Return whether no message is missing before this one; what comes behind a gap is read again later."""
        if message.metadata.sequence.consumer != self._delivered + 1:
            return False
        self._delivered += 1
        return True

    def _take(self, message: Msg) -> Received:
        metadata = message.metadata
        self.sequence = metadata.sequence.stream
        return Received(message.subject, message.data, message.headers or {}, self.sequence, metadata.timestamp)
