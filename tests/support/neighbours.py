"""The neighbours of one part under test: they say messages on the real bus, and look at what was said to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from mweek_contracts.commands import Command
from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from mweek_contracts.streams import StreamSpec
from mweek_messaging import publish
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from tests.support.eventually import eventually

Said = TypeVar("Said", bound=Message)


async def say(connection: Client, *messages: Message) -> None:
    """Publish messages in order, as the service that owns them would."""
    for message in messages:
        await publish(connection, message, source="neighbour")


async def messages_in(connection: Client, stream: StreamSpec) -> Sequence[Message]:
    """Return what a stream holds now, one message after the other: a work queue lets nobody else read along."""
    state = (await connection.jsm().stream_info(stream.name)).state
    found: list[Message] = []
    for sequence in range(max(1, state.first_seq), state.last_seq + 1):
        try:
            stored = await connection.jsm().get_msg(stream.name, sequence)
        except NotFoundError:
            continue  # done, or removed
        found.append(read_message(stored.subject or "", stored.data or b""))
    return found


async def command_of(connection: Client, stream: StreamSpec, kind: type[Said], *, number: int = 1) -> Said:
    """Wait until so many commands of a kind lie in a stream, and return the last of them."""

    async def found() -> list[Said]:
        return [one for one in await messages_in(connection, stream) if isinstance(one, kind)]

    commands = await eventually(found, until=lambda seen: len(seen) >= number)
    assert isinstance(commands[number - 1], Command)
    return commands[number - 1]
