"""The messages that a run has moved, as they lay in the streams: what the bare clients move again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mweek_contracts.streams import ConsumerSpec
from mweek_messaging.bus_reader import follow
from nats.aio.client import Client

_SOURCE = "ce-source"
_HOW_IT_WAS_PUBLISHED = "Nats-Batch-"


@dataclass(frozen=True, slots=True)
class Moved:
    """One message, whole. The body is JSON, so text."""

    stream: str
    subject: str
    headers: dict[str, str]
    body: str

    @property
    def source(self) -> str:
        """Who said it: `planner`, `administrator`."""
        return self.headers[_SOURCE].removeprefix("/mweek/")


async def messages_in(connection: Client, stream: str) -> list[Moved]:
    """Return what lies in a stream, in its order."""
    lying = follow(connection, stream, until_caught_up=True)
    return [Moved(stream, one.subject, _own(one.headers), one.body.decode()) async for one in lying]


def bytes_of(messages: Iterable[Moved]) -> int:
    """Return the bytes of all bodies and headers."""
    return sum(len(one.body) + sum(len(key) + len(value) + 4 for key, value in one.headers.items()) for one in messages)


def is_for(spec: ConsumerSpec, message: Moved) -> bool:
    """Tell whether a durable consumer is given a message."""
    return message.stream == spec.stream and any(_matches(wanted, message.subject) for wanted in spec.filter_subjects)


def write(messages: Sequence[Moved], file: Path) -> Path:
    """Write messages for another process."""
    file.write_text("".join(json.dumps(asdict(one)) + "\n" for one in messages))
    return file


def read(file: Path) -> list[Moved]:
    """Read what `write` has written."""
    with file.open() as lines:
        return [Moved(**json.loads(line)) for line in lines]


def _own(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if not name.startswith(_HOW_IT_WAS_PUBLISHED)}


def _matches(wanted: str, subject: str) -> bool:
    tokens, have = wanted.split("."), subject.split(".")
    if tokens[-1] == ">":
        return have[: len(tokens) - 1] == tokens[:-1]
    return len(tokens) == len(have) and all(want in ("*", token) for want, token in zip(tokens, have, strict=True))
