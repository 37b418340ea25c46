"""Reads messages off the streams for a client; what a newer writer says and this client cannot know is passed over."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from mweek_contracts.message import Message
from mweek_contracts.reading import UnreadableMessageError
from mweek_contracts.streams import StreamSpec
from mweek_messaging.bus_reader import Received, follow
from nats.aio.client import Client as Connection
from nats.js.errors import NotFoundError

from mweek.errors import NotPreparedError, NotReachableError


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, its place in the stream and when the server stored it."""

    message: Message
    sequence: int
    stored_at: datetime


async def hear(
    connection: Connection,
    stream: StreamSpec,
    subjects: Sequence[str],
    *,
    until_caught_up: bool,
    after_sequence: int = 0,
) -> AsyncGenerator[Heard, None]:
    """Yield messages in order, first the stored ones, then (unless `until_caught_up`) the new ones as they come.

    Raises:
        NotPreparedError: the server has no such stream.
        NotReachableError: it does not answer.
    """
    letters = cast(
        "AsyncGenerator[Received, None]",
        follow(connection, stream.name, subjects, until_caught_up=until_caught_up, after_sequence=after_sequence),
    )
    try:
        async with aclosing(letters):
            async for letter in letters:
                for message in _readable(letter):
                    yield Heard(message, letter.sequence, letter.stored_at)
    except LookupError:
        raise NotPreparedError(_address(connection), stream.name) from None
    except TimeoutError:
        raise NotReachableError(_address(connection), "its JetStream did not answer") from None


async def hear_all(connection: Connection, stream: StreamSpec, subjects: Sequence[str]) -> tuple[Heard, ...]:
    """Return what a stream holds now; raises as `hear` does."""
    async with aclosing(hear(connection, stream, subjects, until_caught_up=True)) as heard:
        return tuple([one async for one in heard])


async def subjects_in(connection: Connection, stream: StreamSpec, subject: str) -> tuple[str, ...]:
    """Return the subjects that a stream holds messages of, among those that a filter with wildcards matches.

    Raises:
        NotPreparedError: the server has no such stream.
    """
    try:
        info = await connection.jsm().stream_info(stream.name, subjects_filter=subject)
    except NotFoundError:
        raise NotPreparedError(_address(connection), stream.name) from None
    return tuple(sorted(info.state.subjects or {}))


def _readable(letter: Received) -> Iterator[Message]:
    """Yield the message, unless this client cannot read it.

    Services keep what does not fit out of the streams; one that is there all the same must not make the rest of a
    week unreadable for ninety days. A plan that lacks it is told by its digest (`Revision.whole`).
    """
    try:
        yield letter.message()
    except UnreadableMessageError:
        return


def _address(connection: Connection) -> str:
    url = connection.connected_url
    return url.netloc if url else "(no longer connected)"
