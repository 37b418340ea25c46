"""Reads streams without leaving a trace: for clients, audits on request and tests. Never acknowledges anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from nats.aio.client import Client


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
    """
    raise NotImplementedError
    yield
