"""Dead letters: messages that no handler could deal with, and what an operator does with them."""

from __future__ import annotations

import base64
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mweek_contracts.events import DeadLetterV1
from mweek_contracts.streams import DEAD, RECORDS
from nats.aio.client import Client as Connection
from nats.js.errors import APIError, NotFoundError

from mweek.errors import UnknownDeadLetterError
from mweek.hearing import hear, hear_all

_MESSAGE_ID = "Nats-Msg-Id"


class Replay(StrEnum):
    """What came of a replay."""

    SENT = "sent"
    SUPERSEDED = "superseded"
    """It was a record, and a newer one of the same subject has been delivered: sending it would hide the newer one."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter; `number` is its place in the stream DEAD, by which it is replayed or dropped."""

    number: int
    stored_at: datetime
    letter: DeadLetterV1

    @property
    def body(self) -> bytes:
        """The body of the message as it was."""
        return base64.b64decode(self.letter.original_body_base64)


async def list_dead(connection: Connection) -> tuple[DeadLetter, ...]:
    """Return all dead letters, oldest first."""
    heard = await hear_all(connection, DEAD, DEAD.subjects)
    return tuple(
        DeadLetter(one.sequence, one.stored_at, one.message) for one in heard if isinstance(one.message, DeadLetterV1)
    )


async def find_dead(connection: Connection, number: int) -> DeadLetter:
    """Return one dead letter; raises UnknownDeadLetterError."""
    letters = hear(connection, DEAD, DEAD.subjects, until_caught_up=True, after_sequence=max(0, number - 1))
    async with aclosing(letters):
        async for one in letters:
            if one.sequence == number and isinstance(one.message, DeadLetterV1):
                return DeadLetter(one.sequence, one.stored_at, one.message)
            break
    raise UnknownDeadLetterError(number)


async def replay(connection: Connection, dead: DeadLetter) -> Replay:
    """Publish the message again as it was, then drop the dead letter.

    All services that hear its subject get it; those that dealt with it know it by its `message_id` and do nothing.
    """
    letter = dead.letter
    if letter.original_stream == RECORDS.name and not await _is_last(connection, dead):
        await drop(connection, dead.number)
        return Replay.SUPERSEDED
    stream = connection.jetstream()
    await stream.publish(
        letter.original_subject, dead.body, stream=letter.original_stream, headers=_headers_for_replay(letter)
    )
    await drop(connection, dead.number)
    return Replay.SENT


async def drop(connection: Connection, number: int) -> None:
    """Remove a dead letter for good; raises UnknownDeadLetterError."""
    try:
        await connection.jsm().delete_msg(DEAD.name, number)
    except APIError:
        raise UnknownDeadLetterError(number) from None


def _headers_for_replay(letter: DeadLetterV1) -> dict[str, str]:
    """Return the headers without the server's own, which belonged to the first delivery, and with a new id for it.

    The stream remembers the old id for a while and would take this for the message that it has already.
    """
    kept = {name: value for name, value in letter.original_headers.items() if not name.lower().startswith("nats-")}
    return {**kept, _MESSAGE_ID: f"{letter.message_id}/replay"}


async def _is_last(connection: Connection, dead: DeadLetter) -> bool:
    stream = connection.jetstream()
    try:
        last = await stream.get_last_msg(RECORDS.name, dead.letter.original_subject)
    except NotFoundError:
        return True
    return last.data == dead.body
