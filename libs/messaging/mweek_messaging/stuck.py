"""Finds out why a stream does not take what is published, and says it to an operator."""

from __future__ import annotations

import asyncio
from typing import Final

import nats.errors
from nats.aio.client import Client
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

_ANSWER_SECONDS: Final = 2.0
_WAITS: Final = "What is to be said waits in the outbox; nothing is lost"

_FROZEN: Final = (
    "the server answers and its stream {stream} stores nothing: most often the server's disk is full (its log and its "
    "/healthz then say 'no space left on device'). Free space there, then restart the nats-server: it does not go on "
    "by itself"
)
_SILENT: Final = (
    "the server is connected and its JetStream does not answer (it is starting, overloaded, frozen, or has no leader). "
    "Look at the server's log and /healthz"
)
_NO_STREAM: Final = (
    "no stream {stream} answers: run `mweek-streams apply`, or look whether the server's JetStream is on"
)
_REFUSED: Final = (
    "the stream {stream} refuses: {said}. Where that is for want of room, raise the limits of the server's JetStream "
    "or of the stream"
)
_AWAY: Final = "there is no connection to the server. It is made again by itself as soon as the server is back"


async def why_stuck(connection: Client, stream: str, error: BaseException) -> str:
    """Return the cause and the remedy as sentences.

    Args:
        error: what came of publishing to the stream.
    """
    return f"{(await _cause(connection, stream, error)).format(stream=stream, said=_said(error))}. {_WAITS}"


async def _cause(connection: Client, stream: str, error: BaseException) -> str:
    if not connection.is_connected:
        return _AWAY
    if isinstance(error, NoStreamResponseError | nats.errors.NoRespondersError | NotFoundError):
        return _NO_STREAM
    if isinstance(error, APIError):
        return _REFUSED
    if isinstance(error, asyncio.TimeoutError):
        return await _cause_of_silence(connection, stream)
    return "publishing failed: {said}"


async def _cause_of_silence(connection: Client, stream: str) -> str:
    """A stream that cannot write to its disk says nothing to who publishes, and still answers questions."""
    try:
        await connection.jetstream(timeout=_ANSWER_SECONDS).stream_info(stream)
    except NotFoundError:
        return _NO_STREAM
    except (TimeoutError, nats.errors.Error):
        return _SILENT
    return _FROZEN


def _said(error: BaseException) -> str:
    description = error.description if isinstance(error, APIError) else str(error)
    return description or type(error).__name__
