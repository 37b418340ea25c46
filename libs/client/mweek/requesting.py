"""Asks the planner for single windows, as the machine itself does, and takes the answer apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, TypeVar, Unpack

from mweek_contracts.explanation import ExplainWindowReplyV1
from mweek_contracts.reading import problems_of
from mweek_contracts.replies import Grant, OwnWindow, Refusal, Withdrawal
from mweek_contracts.requests import (
    Activity,
    ExplainWindowV1,
    MyWindowsV1,
    Request,
    RequestWindowV1,
    WithdrawWindowV1,
)
from mweek_messaging import UnansweredError, ask
from nats.aio.client import Client as Connection
from pydantic import BaseModel, ValidationError

from mweek.errors import InvalidCommandError, UnansweredQuestionError, UnansweredRequestError

REPLY_SECONDS = 5.0
"""For each of the tries: a reply takes milliseconds, unless nobody is there."""
_TRIES = 3

RequestType = TypeVar("RequestType", bound=Request)


class WindowOptions(TypedDict, total=False):
    """What can be said of a wish for a window beside the reason and the estimate."""

    activities: Sequence[Activity | Mapping[str, object]]
    """Or their fields, as somebody typed them."""
    not_before: datetime | str | None
    """Aware, or a text such as `2026-12-01T22:00Z`."""
    deadline: datetime | str | None
    urgent: bool
    """Do not wait for the customer's notice hours; the customer is told."""


async def request_window(connection: Connection, request: RequestWindowV1, *, timeout: float) -> Grant | Refusal:
    """Return the window that was granted, or why there is none; raises UnansweredRequestError."""
    try:
        reply = await ask(connection, request, timeout=timeout, tries=_TRIES)
    except UnansweredError as error:
        raise UnansweredRequestError(request.request_id, str(error)) from None
    return reply.grant or _refusal(reply.refusal)


async def withdraw_window(connection: Connection, request: WithdrawWindowV1, *, timeout: float) -> Withdrawal | Refusal:
    """Return what is left of a window, or why it stays; raises UnansweredRequestError."""
    try:
        reply = await ask(connection, request, timeout=timeout, tries=_TRIES)
    except UnansweredError as error:
        raise UnansweredRequestError(request.request_id, str(error)) from None
    return reply.withdrawal or _refusal(reply.refusal)


async def my_windows(
    connection: Connection, request: MyWindowsV1, *, timeout: float
) -> tuple[OwnWindow, ...] | Refusal:
    """Return the windows of a machine that are not over, or why they cannot be told; raises UnansweredQuestionError."""
    try:
        reply = await ask(connection, request, timeout=timeout, tries=_TRIES)
    except UnansweredError as error:
        raise UnansweredQuestionError(str(error)) from None
    return _refusal(reply.refusal) if reply.windows is None else reply.windows


async def explain_window(connection: Connection, request: ExplainWindowV1, *, timeout: float) -> ExplainWindowReplyV1:
    """Return what the planner says of a wish; raises UnansweredQuestionError."""
    try:
        return await ask(connection, request, timeout=timeout, tries=_TRIES)
    except UnansweredError as error:
        raise UnansweredQuestionError(str(error)) from None


def window_request(
    request_id: str, place: tuple[str, str], reason: str, minutes: int, **options: Unpack[WindowOptions]
) -> RequestWindowV1:
    """Return a request for a window; raises InvalidCommandError with the fields that are wrong."""
    activities = tuple(options.pop("activities", ()))
    fields = {"reason": reason, "estimated_minutes": minutes, "activities": activities, **options}
    return made(RequestWindowV1, request_id, place, **fields)


def made(kind: type[RequestType], request_id: str, place: tuple[str, str], **fields: object) -> RequestType:
    """Return a request of a machine, given as location and name; raises InvalidCommandError."""
    location, machine = place
    said = {"request_id": request_id, "location": location, "machine": machine, **fields}
    try:
        # As the planner will read it: what a person typed is judged by the same rules, and times may be text.
        return kind.model_validate_json(json.dumps(said, default=_plain))
    except ValidationError as error:
        raise InvalidCommandError(kind.message_type, problems_of(error)) from None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{value!r} cannot be said on the bus")


def _refusal(refusal: Refusal | None) -> Refusal:
    assert refusal is not None  # a reply has exactly one outcome
    return refusal
