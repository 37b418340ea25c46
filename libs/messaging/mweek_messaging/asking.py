"""Asks a service as a machine does: a request, its reply, and the same request again where none came."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final, overload

import nats.errors
from mweek_contracts.catalogue import REQUESTS
from mweek_contracts.explanation import ExplainWindowReplyV1
from mweek_contracts.replies import (
    DepartureReplyV1,
    LeaseReplyV1,
    MyWindowsReplyV1,
    Reply,
    WindowReplyV1,
    WithdrawalReplyV1,
)
from mweek_contracts.requests import (
    EnterWindowV1,
    ExplainWindowV1,
    LeaveWindowV1,
    MyWindowsV1,
    RenewWindowV1,
    Request,
    RequestWindowV1,
    WithdrawWindowV1,
)
from nats.aio.client import Client
from pydantic import ValidationError

from mweek_messaging.publishing import PUBLISH_FAILURES

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 10.0
_REPLIES: Final = {entry.message: entry.reply for entry in REQUESTS}


class UnansweredError(RuntimeError):
    """No reply came: the request may have been decided or not. Asking again with the same `request_id` is safe."""


@overload
async def ask(
    connection: Client, request: RequestWindowV1, *, timeout: float = ..., tries: int = ...
) -> WindowReplyV1: ...
@overload
async def ask(
    connection: Client, request: WithdrawWindowV1, *, timeout: float = ..., tries: int = ...
) -> WithdrawalReplyV1: ...
@overload
async def ask(
    connection: Client, request: EnterWindowV1 | RenewWindowV1, *, timeout: float = ..., tries: int = ...
) -> LeaseReplyV1: ...
@overload
async def ask(
    connection: Client, request: LeaveWindowV1, *, timeout: float = ..., tries: int = ...
) -> DepartureReplyV1: ...
@overload
async def ask(
    connection: Client, request: MyWindowsV1, *, timeout: float = ..., tries: int = ...
) -> MyWindowsReplyV1: ...
@overload
async def ask(
    connection: Client, request: ExplainWindowV1, *, timeout: float = ..., tries: int = ...
) -> ExplainWindowReplyV1: ...
async def ask(connection: Client, request: Request, *, timeout: float = 5.0, tries: int = 5) -> Reply:
    """Return the reply to a request, asking again with the same `request_id` until one comes.

    A refusal is a reply, also one that says to ask again later.

    Args:
        timeout: seconds to wait for each reply.
        tries: how often to ask; between two tries there is a pause that doubles, from a quarter of a second to 10.

    Raises:
        UnansweredError: no reply, or none that could be read; says what came of the last try.
        ValueError: `tries` is less than 1.
    """
    if tries < 1:
        raise ValueError("asking less than once gets no reply")
    body, expected, failure = request.body(), _REPLIES[type(request)], ""
    for number in range(tries):
        if number:
            await asyncio.sleep(_pause_before(number, request))
        try:
            answer = await connection.request(request.subject, body, timeout=timeout)
            return _read(answer.data, expected, request)
        except PUBLISH_FAILURES as error:
            failure = _explain(error, timeout)
        except ValueError as error:
            failure = str(error)
    raise UnansweredError(f"{request.subject} was not answered in {tries} tries: {failure}")


def _read(data: bytes, expected: type[Reply], request: Request) -> Reply:
    try:
        reply = expected.model_validate_json(data)
    except ValidationError as error:
        raise ValueError(f"what came is no {expected.message_type}: {error.errors()[0]['msg']}") from None
    if reply.request_id not in (None, request.request_id):
        raise ValueError(f"what came answers another request, {reply.request_id}")
    return reply


def _pause_before(number: int, request: Request) -> float:
    """Return the seconds before a try; thousands of machines that lost their planner together do not come back so."""
    pause = min(FIRST_PAUSE_SECONDS * 2.0 ** (number - 1), LONGEST_PAUSE_SECONDS)
    spread = zlib.crc32(f"{request.location}/{request.machine}/{number}".encode()) / 2**32
    return pause * (1 + spread)


def _explain(error: BaseException, timeout: float) -> str:
    if isinstance(error, nats.errors.NoRespondersError):
        return "nobody answers there; look whether a planner runs, and whether its streams and records are well"
    if isinstance(error, asyncio.TimeoutError):
        return f"no reply within {timeout:g} s; it may have been decided, and asking again with the same id tells"
    return str(error) or type(error).__name__
