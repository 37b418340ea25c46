"""Reads what lies in a stream: which messages, and what each says of itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from nats.aio.client import Client

from mweek_messaging.bus_reader import Received, follow
from mweek_messaging.rebuild.order import Lying
from mweek_messaging.stream_state import read_state


async def read_all(connection: Client, stream: str) -> AsyncIterator[Received]:
    """Yield what a stream holds now, in order; nothing where there is no such stream."""
    if await read_state(connection, stream) is None:
        return
    async for received in follow(connection, stream, until_caught_up=True):
        yield received


async def read_present(connection: Client, stream: str) -> list[Lying]:
    """Return the messages of a stream, in order."""
    return [
        Lying(id_of(received.headers, received.body), cause_of(received.body))
        async for received in read_all(connection, stream)
    ]


def id_of(headers: Mapping[str, str], body: bytes) -> str:
    """Return the id of a message; never its `Nats-Msg-Id`, which a repeat may have of its own."""
    return unquote(headers["ce-id"]) if "ce-id" in headers else str(_fields(body).get("message_id"))


def cause_of(body: bytes) -> str | None:
    """Return the id of the message that led to this one."""
    cause = _fields(body).get("causation_id")
    return cause if isinstance(cause, str) else None


def said_at(headers: Mapping[str, str]) -> datetime:
    """Return when a message was said, by the clock of who said it; who does not tell has said it before all others."""
    try:
        return datetime.fromisoformat(headers["ce-time"].replace("Z", "+00:00")).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.min.replace(tzinfo=UTC)


def owner_of(headers: Mapping[str, str]) -> str:
    """Return who said a message."""
    return headers.get("ce-source", "").rpartition("/")[2] or "somebody"


def _fields(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
